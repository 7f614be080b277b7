// Files that are dropped anywhere on the page, or pasted.

import { filesOf } from "./folders.js";

let depth = 0; // dragenter and dragleave come for every element on the way

function dragging(change) {
  depth = change ? Math.max(0, depth + change) : 0;
  document.documentElement.toggleAttribute("data-dragging", depth > 0);
}

// `taker` is who takes files now; null lets the browser do as it always does.
export function onFiles(taker) {
  const bringsFiles = (event) => taker() && event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => bringsFiles(event) && dragging(1));
  document.addEventListener("dragleave", (event) => bringsFiles(event) && dragging(-1));
  document.addEventListener("dragover", (event) => bringsFiles(event) && event.preventDefault());
  document.addEventListener("drop", async (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    dragging(0);
    taker().add(await filesOf(event.dataTransfer));
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (taker() && files.length) taker().add(files);
  });
}
