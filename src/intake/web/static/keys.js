// Single keys for the staff pages. Nothing essential needs them; elements say which key is theirs (data-key).
(() => {
  "use strict";
  // On a narrow screen the menu and the tabs scroll sideways: where one is, is in sight.
  for (const here of document.querySelectorAll("nav [aria-current]")) {
    const bar = here.closest("ul") || here.parentElement;
    for (let e = bar; e && e.tagName !== "BODY"; e = e.parentElement) {
      if (e.scrollWidth > e.clientWidth) e.scrollLeft += here.getBoundingClientRect().left - e.getBoundingClientRect().left - e.clientWidth / 3;
    }
  }
  // What was done is said once: a reload, or a bookmark, does not say it again.
  const address = new URL(location.href);
  if (address.searchParams.has("done") && !document.querySelector("[data-live]")) {
    for (const name of ["done", "case"]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  }
  // A second press, or a double click, while the answer to the first is on its way: the form has been sent already.
  let sent = 0;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (Date.now() - sent < 3000) event.preventDefault(); else sent = Date.now(); // a download leaves the page as it is
  });
  addEventListener("pageshow", () => { sent = 0; });
  const sheet = document.getElementById("keys");
  const button = document.getElementById("show-keys");
  const toggle = document.getElementById("keys-on");
  if (!sheet || !button) return;
  const store = "intake-keys-off";
  const read = () => { try { return localStorage.getItem(store) === "1"; } catch { return false; } };
  let off = read();
  button.hidden = false;
  button.addEventListener("click", open);
  if (toggle) {
    toggle.checked = !off;
    toggle.addEventListener("change", () => {
      off = !toggle.checked;
      try { localStorage.setItem(store, off ? "1" : "0"); } catch { /* private window */ }
    });
  }
  const visible = (e) => e.getClientRects().length > 0 || e.closest("details:not([open])") !== null;
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter((e) => !e.disabled && visible(e));
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((e) => e.getClientRects().length > 0);
  const current = () => rows().find((r) => r.contains(document.activeElement)) || document.querySelector("[data-row].here");
  for (const e of document.querySelectorAll("[data-key]")) {
    if (!e.dataset.key.includes(" ")) e.setAttribute("aria-keyshortcuts", e.dataset.key); // the attribute has no sequences
  }

  function line(body, key, text) {
    const row = body.insertRow();
    const cell = row.insertCell();
    for (const k of key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = k;
      cell.append(kbd, " ");
    }
    row.insertCell().textContent = text;
  }
  function open() {
    const body = sheet.querySelector("[data-keys]");
    body.replaceChildren();
    if (rows().length) {
      line(body, "j k", body.dataset.move);
      line(body, "o", body.dataset.open);
      if (document.querySelector("[data-row] input[type=checkbox]")) line(body, "x", body.dataset.select);
    }
    const said = (e) => e.dataset.keyText || e.textContent.trim();
    const [going, here] = [keyed().filter((e) => e.dataset.key.includes(" ")), keyed().filter((e) => !e.dataset.key.includes(" "))];
    for (const e of here) line(body, e.dataset.key, said(e));
    if (copied()) line(body, ". . .", body.dataset.copy);
    if (document.querySelector("main form textarea, main form input:not([type=hidden]), main form[data-confirm]")) line(body, "Ctrl Enter", body.dataset.confirm);
    for (const e of going) line(body, e.dataset.key, said(e));
    line(body, "?", body.dataset.sheet);
    line(body, "Ctrl K", body.dataset.palette);
    if (!sheet.open) sheet.showModal();
    sheet.scrollTop = 0; // focus goes to the box at the end; the list is read from its beginning
  }
  // The number; pressed again at once, with the title; a third time, with the address of the page.
  const copied = () => document.querySelector("main .copy");
  let dots = 0, dotted = 0;
  async function copy() {
    const now = Date.now();
    dots = now - dotted < 800 ? Math.min(dots + 1, 3) : 1;
    dotted = now;
    const number = copied().textContent.trim(), title = copied().parentElement.textContent.replace(/\s+/g, " ").trim();
    const text = dots === 1 ? number : dots === 2 ? title : `${title} ${location.origin}${location.pathname}`;
    try { await navigator.clipboard.writeText(text); } catch { byHand(text); }
    say(`${sheet.querySelector("[data-keys]").dataset.copied} ${text}`);
  }
  function say(text) {
    const place = document.getElementById("said");
    if (!place) return;
    const p = document.createElement("p");
    p.textContent = text;
    place.replaceChildren(p);
    place.scrollIntoView({ block: "nearest" });
  }
  function byHand(text) { // pages that are not served over TLS have no clipboard of their own
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  // Ctrl+Enter says yes to the form that somebody writes in; on an open sheet it closes it.
  function confirm(target) {
    const box = document.querySelector("dialog[open]");
    if (box) { if (box === sheet) box.close(); return box === sheet; }
    const form = target.closest("main form") || document.querySelector("main form[data-confirm]");
    if (!form) return false;
    const yes = "button.main, button.danger, button:not([formaction]):not([type=button])";
    form.requestSubmit(form.classList.contains("bulk") ? nextTo(target, form) : form.querySelector(yes));
    return true;
  }
  // Of several deeds in one form, that of the button which follows what somebody writes in.
  function nextTo(target, form) {
    const follows = (b) => target.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
    return [...form.querySelectorAll("button:not(.hidden)")].find(follows) || null;
  }
  let waiting = 0; // until when a second key is expected after g
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    for (const r of all) r.classList.toggle("here", r === next);
    const link = next.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  function use(e) {
    for (let d = e.closest("details:not([open])"); d; d = e.closest("details:not([open])")) d.open = true;
    if (e.matches("input:not([type=checkbox]), textarea, select")) {
      e.focus();
      if (e.select) e.select();
    } else {
      e.focus();
      e.click();
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    if (event.repeat && event.key !== "j" && event.key !== "k") return; // a key held down must not decide the next case too
    const target = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (!off && confirm(target)) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape" && target.matches("input, textarea, select")) { target.blur(); return; }
    if (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
    if (off) return; // the button at the foot of the page opens the sheet then
    if (event.key === "?") { event.preventDefault(); open(); return; }
    const second = Date.now() < waiting ? `g ${event.key}` : "";
    waiting = 0;
    if (second) {
      const there = keyed().find((e) => e.dataset.key === second);
      if (there) { event.preventDefault(); use(there); }
      return;
    }
    if (event.key === "g" && keyed().some((e) => e.dataset.key.startsWith("g "))) {
      event.preventDefault();
      waiting = Date.now() + 1500;
      return;
    }
    if (event.key === "." && copied()) { event.preventDefault(); copy(); return; }
    if (event.key === "j" || event.key === "k") {
      if (rows().length) { event.preventDefault(); move(event.key === "j" ? 1 : -1); return; }
    }
    const row = current();
    if (event.key === "o" && row) { event.preventDefault(); row.querySelector("a[href]").click(); return; }
    if (event.key === "x" && row) {
      const box = row.querySelector("input[type=checkbox]");
      if (box) { event.preventDefault(); box.click(); return; }
    }
    const found = keyed().find((e) => e.dataset.key === event.key);
    if (found) { event.preventDefault(); use(found); return; }
    const without = [...document.querySelectorAll("[data-no-key]")].find((e) => e.dataset.noKey === event.key);
    if (without) { event.preventDefault(); say(without.dataset.noKeyText); } // a key that does nothing says why
  });
})();
