// Takes a part out of what was understood.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-part]");
  if (button) trigger("pick", { part: button.dataset.part });
});
