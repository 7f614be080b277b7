// <image-compare>: two pictures under one slider. Without this script they stand side by side.

import { language } from "./language.js";

const inWords = new Intl.NumberFormat(language, { style: "percent" });

class ImageCompare extends HTMLElement {
  connectedCallback() {
    const control = this.querySelector(".compare-control");
    this.range = control.querySelector("input");
    control.hidden = false;
    this.dataset.ready = "";
    this.range.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    this.style.setProperty("--split", `${this.range.value}%`);
    const percent = inWords.format(this.range.value / 100);
    this.range.setAttribute("aria-valuetext", this.dataset.value.replace("{percent}", percent));
  }
}

// The picture stands on what the download form says, so that one sees what one will get.
function showBackdrop(form) {
  const target = document.querySelector("[data-backdrop-target]");
  const choice = new FormData(form);
  const isJpeg = choice.get("format") === "jpeg";
  const isColour = choice.get("ground") === "colour";
  target.toggleAttribute("data-plain", isJpeg || isColour);
  target.style.setProperty("--backdrop", isColour ? choice.get("colour") : "#ffffff");
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-backdrop-form]");
  if (!form) return;
  if (event.target.name === "colour") form.elements.ground.value = "colour";
  showBackdrop(form);
});

customElements.define("image-compare", ImageCompare);
for (const form of document.querySelectorAll("[data-backdrop-form]")) showBackdrop(form);
