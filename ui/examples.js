element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-text]");
  if (button) trigger("pick", { text: button.dataset.text });
});
