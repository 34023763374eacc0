// The queue without reloading: asks for its own page now and then, and changes rows only while nobody works in them.
(() => {
  "use strict";
  const every = 20000;
  const list = document.querySelector("[data-live]");
  const said = document.getElementById("said");
  if (!list || !said) return;
  const numbers = (root) => [...root.querySelectorAll("[data-row] .number a")].map((a) => a.textContent);
  const busy = () => list.contains(document.activeElement) || list.querySelector("input:checked, .here") !== null;

  const text = (root) => root.textContent.replace(/\s+/g, " ");
  const all = "td.assignee, td.due, td.hold, td.turn";

  // The same rows in the same order: only what stands in them is new, so nothing moves under a hand.
  function freshen(next) {
    const now = [...list.querySelectorAll("[data-row]")], then = [...next.querySelectorAll("[data-row]")];
    now.forEach((row, n) => {
      const cells = row.querySelectorAll(all), fresh = then[n].querySelectorAll(all);
      cells.forEach((cell, k) => { if (text(cell) !== text(fresh[k])) cell.replaceWith(document.adoptNode(fresh[k])); });
    });
  }
  let state = ""; // of the answer before: while it is the same, the server says so without making the page
  let asking = false; // one question at a time: a slow answer must not come in after a newer one
  async function look() {
    if (document.hidden || asking) return;
    let fresh;
    asking = true;
    try {
      const headers = state ? { "If-None-Match": state } : {};
      const signal = AbortSignal.timeout(3 * every); // an answer that never comes ends the wait for it
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error", cache: "no-store", headers, signal });
      if (!answer.ok) return;
      state = answer.headers.get("ETag") || "";
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { state = ""; return; } // offline, or signed out: the next click says so
    finally { asking = false; }
    const next = fresh.querySelector("[data-live]");
    if (!next) return;
    const tabs = document.querySelector(".tabs"), freshTabs = fresh.querySelector(".tabs");
    if (tabs && freshTabs && tabs.textContent !== freshTabs.textContent && !tabs.contains(document.activeElement)) {
      tabs.replaceWith(document.adoptNode(freshTabs));
    }
    const before = numbers(list), after = numbers(next);
    if (text(list) === text(next)) return;
    const moved = before.join() !== after.join();
    const came = after.filter((n) => !before.includes(n)).length;
    if (busy()) {
      if (moved) { tell(list.dataset.changed); state = ""; } else freshen(next); // asked for anew until hands are off
      return;
    }
    for (const box of next.querySelectorAll("input[name=pick]")) box.checked = false; // none is ticked here, none comes ticked
    list.replaceChildren(...[...next.childNodes].map((n) => document.adoptNode(n)));
    if (moved) tell(came ? `${list.dataset.came} ${came}` : list.dataset.changed);
  }
  function tell(text) {
    if (said.textContent === text) return; // once is enough for a screen reader
    const line = document.createElement("p");
    line.textContent = text;
    said.replaceChildren(line);
  }
  setInterval(look, Number(list.dataset.every) || every);
})();
