// Clicks on the two buttons of a card go to Python; countdowns tick on the page's own clock.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-verdict]");
  if (button) trigger("like", { item: button.closest("[data-item]").dataset.item, verdict: button.dataset.verdict });
});
const unit = (value, name) => `${value} ${name}`;
const remaining = (s) =>
  s >= 86400 ? `${unit(Math.floor(s / 86400), "d")} ${unit(Math.floor((s % 86400) / 3600), "h")}`
  : s >= 3600 ? `${unit(Math.floor(s / 3600), "h")} ${unit(Math.floor((s % 3600) / 60), "min")}`
  : s >= 60 ? unit(Math.floor(s / 60), "min") : unit(s, "s");
setInterval(() => {
  element.querySelectorAll("time[data-seconds]").forEach((clock) => {
    const left = Number(clock.dataset.seconds) - 1;
    clock.dataset.seconds = left;
    clock.textContent = left > 0 ? `ends in ${remaining(left)}` : "has ended";
  });
}, 1000);
