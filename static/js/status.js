// While a page polls: say what changed, once, and go on after a lost connection.

const RETRY_AFTER = 3000;
const line = document.querySelector("#announcement");

function announce(words) {
  // The poll brings the same words again and again; only a change may reach the screen reader.
  if (line.textContent !== words) line.textContent = words;
}

document.addEventListener("htmx:load", () => {
  const words = document.querySelector("main [data-announce]");
  if (words) announce(words.textContent.trim());
});

function retry(event) {
  if (event.detail.xhr?.status === 404) return location.reload();
  announce(line.dataset.offline);
  setTimeout(() => window.htmx.trigger(event.detail.elt, "retry"), RETRY_AFTER);
}

// Still at work: change the words only, so that the moving picture beside them does not start afresh.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.serverResponse.includes("working-card")) return;
  detail.target = document.querySelector(".working-card");
  detail.selectOverride = ".working-card";
});

document.addEventListener("htmx:sendError", retry);
document.addEventListener("htmx:responseError", retry);
