// The copy button beside an example. Without this script the text can be selected as any other.

const SHOWN_FOR = 2500;

async function copy(button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    button.textContent = button.dataset.copied;
  } catch {
    // Refused, or a plain http address: the text is selected, so that the keyboard can copy it.
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    button.textContent = button.dataset.failed;
  }
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = words;
  }, SHOWN_FOR);
}

for (const button of document.querySelectorAll("[data-copy-code]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
