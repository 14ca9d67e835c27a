// What is clicked in the taste view; deleting everything asks for a second click.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  if (button.dataset.action === "clear" && !button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Really delete all?";
    return;
  }
  trigger("pick", { item: button.closest("[data-item]")?.dataset.item ?? "", action: button.dataset.action });
});
