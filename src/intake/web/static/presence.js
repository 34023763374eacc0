// Says that this case is open here, and shows who else is in it. Nothing essential needs it.
(() => {
  "use strict";
  const data = document.body.dataset;
  const place = document.getElementById("present");
  if (!data.presence || !place) return;
  const every = 10000;
  let writing = 0;
  let changed = false;
  document.addEventListener("input", (event) => { if (event.target.closest("main form")) writing = Date.now(); });
  const body = (doing) => new URLSearchParams({ csrf: data.csrf, doing });

  async function say() {
    if (document.hidden) return;
    try {
      const doing = Date.now() - writing < 3 * every ? "writing" : "looking";
      const answer = await fetch(data.presence, { method: "POST", body: body(doing), credentials: "same-origin", redirect: "error" });
      if (answer.ok) show(await answer.json());
    } catch { /* offline, or signed out: the next click says so */ }
  }
  function show(found) {
    if (found.version !== Number(data.version) && !changed) {
      changed = true; // once: what was typed stays, and the page says so
      const link = document.createElement("a");
      link.href = place.dataset.againUrl || location.pathname + location.search;
      link.textContent = place.dataset.again;
      const line = document.createElement("strong");
      line.append(place.dataset.changed, " ", link);
      place.replaceChildren(line, document.createElement("br"), document.createElement("span"));
    }
    const here = changed ? place.lastChild : place;
    if (here.textContent !== found.here) here.textContent = found.here;
  }
  addEventListener("pagehide", () => { navigator.sendBeacon(data.presence, body("gone")); });
  document.addEventListener("visibilitychange", say);
  setInterval(say, Number(data.every) || every);
  say();
})();
