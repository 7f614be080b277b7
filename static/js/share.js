// The copy button beside a link. Without this script the address stands in a read-only field.

const SHOWN_FOR = 2500;

async function copy(button) {
  const field = button.parentElement.querySelector("input, textarea");
  field.select();
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  } catch {
    // Refused, or a plain http address: the text is selected, so that the keyboard can copy it.
    button.textContent = button.dataset.failed;
  }
  button.disabled = true;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = words;
    button.disabled = false;
  }, SHOWN_FOR);
}

function reveal(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("htmx:load", (event) => reveal(event.target));
reveal(document);
