// Passkeys: asks the browser for a credential, puts it into the form, and sends the form.
//
// <form data-passkey="get"> signs in or shows a second factor, "create" adds a passkey. The server's options are in
// the JSON block that data-options names, or at the address in data-options-from.

const toBytes = (text) => {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
};

const toText = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withBytes = (list) => (list ?? []).map((item) => ({ ...item, id: toBytes(item.id) }));

async function optionsOf(form) {
  if (form.dataset.options) {
    return JSON.parse(document.getElementById(form.dataset.options).textContent);
  }
  const response = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new TypeError(`status ${response.status}`);
  return response.json();
}

async function get(form) {
  const options = (await optionsOf(form)).request_options.publicKey;
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const { response } = credential;
  return described(credential, {
    authenticatorData: toText(response.authenticatorData),
    clientDataJSON: toText(response.clientDataJSON),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

async function create(form) {
  const options = (await optionsOf(form)).creation_options.publicKey;
  // Alone it must be found without a user name, and must know its owner by finger, face or PIN.
  const alone = form.elements.passwordless?.checked;
  const selection = alone
    ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
    : {};
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      authenticatorSelection: { ...options.authenticatorSelection, ...selection },
    },
  });
  const { response } = credential;
  return described(credential, {
    attestationObject: toText(response.attestationObject),
    clientDataJSON: toText(response.clientDataJSON),
    transports: response.getTransports?.() ?? [],
  });
}

function described(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function say(form, name) {
  for (const words of form.querySelectorAll("[data-failed], [data-lost]")) {
    words.hidden = !words.matches(`[data-${name}]`);
  }
}

async function send(form, button) {
  say(form, "nothing");
  button.disabled = true;
  try {
    const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    // Closing the browser's dialog ends here, too: the form is ready for another try.
    button.disabled = false;
    say(form, error instanceof TypeError ? "lost" : "failed");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  if (window.PublicKeyCredential) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, button);
    });
  } else {
    button.disabled = true;
    form.querySelector("[data-impossible]")?.removeAttribute("hidden");
  }
}
