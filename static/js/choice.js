// The question about cookies, answered in place, so that nothing chosen or typed on the page is lost.
// Without this script the form posts and leads back to the page.

const form = document.querySelector("[data-choice]");
const section = form.closest("section");

async function answer(button) {
  const body = new FormData(form, button);
  try {
    // A saved answer is a redirect, which leads nowhere new: the page is already here.
    const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (response.type === "opaqueredirect") return thank();
  } catch {
    // Offline: the browser's own page says so better.
  }
  form.removeEventListener("submit", intercept);
  form.requestSubmit(button);
}

function thank() {
  section.querySelector("h2").textContent = form.dataset.saved;
  section.querySelector("[data-words]").textContent = form.dataset.advice;
  form.remove();
  document.querySelector("[href='#cookie-choice']")?.remove();
  section.focus();
}

function intercept(event) {
  event.preventDefault();
  answer(event.submitter);
}

form.addEventListener("submit", intercept);
