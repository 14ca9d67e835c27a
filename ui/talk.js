// An answer is read from its beginning: a new question goes to the top, and the answer grows below it.
() => {
  let asked = 0;
  const follow = () => {
    const rows = document.querySelectorAll("#conversation .user-row");
    const log = document.querySelector("#conversation [role=log]");
    if (log && rows.length && rows.length !== asked) {
      const last = rows[rows.length - 1];
      log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
    }
    asked = rows.length;
  };
  const wait = setInterval(() => {
    const talk = document.querySelector("#conversation");
    if (!talk) return;
    clearInterval(wait);
    new MutationObserver(() => requestAnimationFrame(follow)).observe(talk, { childList: true, subtree: true });
  }, 100);
}
