// A result that is on its way: asks for its own page until it is there. Without scripts a link does the same.
(() => {
  "use strict";
  const every = 3000;
  async function look() {
    const now = document.querySelector("[data-again]");
    if (!now || document.hidden) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#result");
      const here = document.getElementById("result");
      if (!fresh || here.textContent === fresh.textContent) return;
      here.replaceChildren(...[...fresh.childNodes].map((n) => document.adoptNode(n)));
    } catch { /* offline: the next look says so */ }
  }
  setInterval(look, every);
})();
