// Verdicts go to Python; countdowns run from the page's "now", which an evaluator may have set.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-verdict]");
  if (!button || button.getAttribute("aria-pressed") === "true") return;
  trigger("like", { item: button.closest("[data-item]").dataset.item, verdict: button.dataset.verdict });
});

// A verdict draws the cards anew: what was unfolded stays so.
const unfolded = new Set();
element.addEventListener("toggle", (event) => {
  const item = event.target.closest("[data-item]")?.dataset.item;
  if (event.target.open) unfolded.add(item);
}, true);
element.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  if (details?.open) unfolded.delete(details.closest("[data-item]").dataset.item);
});
watch("value", () => element.querySelectorAll("[data-item]").forEach((card) => {
  const details = card.querySelector("details");
  if (details.open !== unfolded.has(card.dataset.item)) details.open = unfolded.has(card.dataset.item);
}));

const two = (more, unit, less, smaller) => `${more} ${unit}` + (less ? ` ${less} ${smaller}` : "");
const remaining = (s) =>
  s >= 86400 ? two(Math.floor(s / 86400), "d", Math.floor((s % 86400) / 3600), "h")
  : s >= 3600 ? two(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min")
  : s >= 60 ? `${Math.floor(s / 60)} min` : `${s} s`;
let shown, ahead;
setInterval(() => {
  const list = element.querySelector("[data-now]");
  if (!list) return;
  if (list.dataset.now !== shown) {
    shown = list.dataset.now;
    ahead = Date.parse(shown) - Date.now();
  }
  list.querySelectorAll("time").forEach((clock) => {
    const left = Math.floor((Date.parse(clock.dateTime) - ahead - Date.now()) / 1000);
    clock.textContent = left > 0 ? `${clock.dataset.label} ${remaining(left)}` : clock.dataset.over;
  });
}, 1000);
