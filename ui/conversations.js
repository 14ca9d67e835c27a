element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-session]");
  if (button) trigger("open", { session: button.dataset.session });
});
