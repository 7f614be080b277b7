// While a page polls: say what changed, once, and what became of a lost connection.

const line = document.querySelector("#announcement");

function announce(words) {
  // A poll may bring the same words again; only a change may reach the screen reader.
  if (line.textContent !== words) line.textContent = words;
}

document.addEventListener("htmx:load", () => {
  const words = document.querySelector("main [data-announce]");
  if (words) announce(words.textContent.trim());
});

// The next poll comes by itself; a photo that was deleted meanwhile has a page of its own.
function fail(event) {
  if (event.detail.xhr?.status === 404) return location.reload();
  announce(line.dataset.offline);
}

document.addEventListener("htmx:sendError", fail);
document.addEventListener("htmx:responseError", fail);
