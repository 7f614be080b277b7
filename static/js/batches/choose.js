// One box ticks all boxes of a list; unticking one of them unticks it.

function chooseAll(label) {
  const all = label.querySelector("input");
  const boxes = () => [...document.querySelectorAll(`input[name=${label.dataset.chooseAll}]:not(:disabled)`)];
  const look = () => {
    label.hidden = boxes().length < 2;
    all.checked = boxes().every((box) => box.checked);
  };
  all.addEventListener("change", () => boxes().forEach((box) => (box.checked = all.checked)));
  document.addEventListener("change", (event) => event.target.name === label.dataset.chooseAll && look());
  document.addEventListener("htmx:afterSettle", look);
  look();
}

for (const label of document.querySelectorAll("[data-choose-all]")) chooseAll(label);
