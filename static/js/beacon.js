// How long this page was visible and in focus; told when it is hidden or left (/privacy/#P8).
const token = document.querySelector("meta[name=view]").content;
let spent = 0, told = 0, since = null;

function look() {
  if (since !== null) spent += performance.now() - since;
  const isRead = document.visibilityState === "visible" && document.hasFocus();
  since = isRead ? performance.now() : null;
}

function tell() {
  const ms = Math.round(spent);
  const body = new URLSearchParams({ token, ms });
  if (ms > told && navigator.sendBeacon("/beacon/", body)) told = ms;
}

for (const event of ["focus", "blur", "pageshow"]) addEventListener(event, look);
document.addEventListener("visibilitychange", () => {
  look();
  if (document.hidden) tell();
});
addEventListener("pagehide", () => {
  look();
  since = null; // asleep from here on, until pageshow
  tell();
});
look();
