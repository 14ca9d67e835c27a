// An answer is read from its beginning: a new question goes to the top and stays there while the
// answer grows below it, until the reader scrolls.
() => {
  let asked = 0;
  let following = false;
  const align = () => {
    const log = document.querySelector("#conversation [role=log]");
    const rows = document.querySelectorAll("#conversation .user-row");
    if (rows.length !== asked) following = true;
    asked = rows.length;
    if (!log || !asked || !following) return;
    log.scrollTop += rows[asked - 1].getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
  };
  const wait = setInterval(() => {
    const talk = document.querySelector("#conversation");
    if (!talk) return;
    clearInterval(wait);
    for (const moved of ["wheel", "touchmove", "pointerdown", "keydown"])
      talk.addEventListener(moved, () => { following = false; }, { passive: true });
    new MutationObserver(() => requestAnimationFrame(align)).observe(talk, {
      childList: true, characterData: true, subtree: true,
    });
  }, 100);
}
