// Ctrl+K or ⌘K: what can be done on this page and where to go, found by typing. Nothing essential needs it.
(() => {
  "use strict";
  const box = document.getElementById("palette");
  if (!box) return;
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const none = box.querySelector("[data-none]");
  const button = document.getElementById("show-palette");
  let items = [], shown = [], at = 0;
  button.hidden = false;
  button.addEventListener("click", open);

  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "")
    .replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
  const there = (e) => !e.disabled && (e.getClientRects().length > 0 || e.closest("details:not([open])") !== null);
  const words = (e) => (e.dataset.keyText || e.getAttribute("aria-label") || e.textContent).replace(/\s+/g, " ").trim();

  function collect() {
    const seen = new Set();
    const found = [];
    const add = (e, kind) => {
      const text = words(e);
      if (!text || seen.has(kind + text) || !there(e)) return;
      seen.add(kind + text);
      found.push({ e, kind, text, key: e.dataset.key || "" });
    };
    for (const e of document.querySelectorAll("[data-key]")) if (!e.closest("nav")) add(e, box.dataset.act);
    for (const e of document.querySelectorAll("main summary, main button:not([data-key])")) add(e, box.dataset.act);
    for (const e of document.querySelectorAll(".tabs a, .views a, .top nav a, .who a, .foot a")) add(e, box.dataset.go);
    return found;
  }
  function draw() {
    const asked = input.value.trim();
    const parts = asked.split(/\s+/).map(plain).filter(Boolean);
    shown = items.filter((i) => parts.every((p) => plain(i.text + i.kind).includes(p)));
    if (asked) shown.push({ kind: box.dataset.find, text: asked, search: asked, key: "" });
    at = Math.min(at, Math.max(0, shown.length - 1));
    list.replaceChildren(...shown.map(line));
    none.hidden = shown.length > 0;
    mark();
  }
  function line(item, n) {
    const li = document.createElement("li");
    li.id = `palette-${n}`;
    li.setAttribute("role", "option");
    const kind = document.createElement("small");
    kind.textContent = item.kind;
    li.append(item.text, " ", kind);
    if (item.key) {
      const kbd = document.createElement("kbd");
      kbd.textContent = item.key;
      li.append(" ", kbd);
    }
    li.addEventListener("click", () => run(item));
    return li;
  }
  function mark() {
    [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === at)));
    const here = list.children[at];
    if (here) { here.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", here.id); }
    else input.removeAttribute("aria-activedescendant");
  }
  function run(item) {
    if (!item) return;
    box.close();
    if (item.search) { location.href = `/staff/search?q=${encodeURIComponent(item.search)}`; return; }
    for (let d = item.e.closest("details:not([open])"); d; d = item.e.closest("details:not([open])")) {
      if (item.e.parentElement === d && item.e.matches("summary")) break;
      d.open = true;
    }
    item.e.scrollIntoView({ block: "nearest" });
    item.e.focus();
    if (!item.e.matches("input:not([type=checkbox]), textarea, select")) item.e.click();
  }
  function open() {
    if (document.querySelector("dialog[open]")) return;
    items = collect();
    input.value = "";
    at = 0;
    box.showModal();
    draw();
    input.focus();
  }
  input.addEventListener("input", () => { at = 0; draw(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length);
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(shown[at]);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (box.open) box.close(); else open();
    }
  });
})();
