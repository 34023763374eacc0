// Passkeys: what the page offers as JSON goes to the browser, what the browser signs goes back in a form.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  async function sign(form) {
    const options = JSON.parse(form.dataset.passkey);
    options.challenge = bytes(options.challenge);
    const adds = form.dataset.adds === "yes";
    if (adds) {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = ids(options.excludeCredentials);
    } else {
      options.allowCredentials = ids(options.allowCredentials);
    }
    const found = await navigator.credentials[adds ? "create" : "get"]({ publicKey: options });
    const answer = { clientDataJSON: text(found.response.clientDataJSON) };
    if (adds) {
      answer.attestationObject = text(found.response.attestationObject);
    } else {
      answer.authenticatorData = text(found.response.authenticatorData);
      answer.signature = text(found.response.signature);
      answer.userHandle = found.response.userHandle ? text(found.response.userHandle) : null;
    }
    form.elements.credential.value = JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response: answer });
    form.submit();
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-failed]");
      if (said) said.hidden = true;
      sign(form).catch(() => { if (said) said.hidden = false; });
    });
  }
})();
