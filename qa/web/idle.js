// While nothing happens on the page, animation frames come once a second.
// Gradio 6 lets the clock of its loading sign run on after the sign is gone: sixty frames a second, for as long as the
// page is open. This stands before gradio's own scripts, which take what they find.

{
  const PATIENCE = 2_000; // milliseconds without a sign of life until the page rests
  const REST = 1_000; // milliseconds between two frames of a page that rests
  const LIFE = ["pointermove", "pointerdown", "keydown", "input", "wheel", "scroll", "touchstart", "focusin", "resize"];

  const request = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  const resting = new Map(); // callbacks that wait, by their timer
  let alive = performance.now();

  const wake = () => {
    alive = performance.now();
    for (const [timer, callback] of resting) {
      clearTimeout(timer);
      request(callback);
    }
    resting.clear();
  };

  const rest = (callback) => {
    const timer = setTimeout(() => {
      resting.delete(timer);
      request(callback);
    }, REST);
    resting.set(timer, callback);
    return -timer; // no frame has a number below 0
  };

  window.requestAnimationFrame = (callback) =>
    performance.now() - alive < PATIENCE ? request(callback) : rest(callback);

  window.cancelAnimationFrame = (number) => {
    if (number >= 0) return cancel(number);
    clearTimeout(-number);
    resting.delete(-number);
  };

  for (const sign of LIFE) window.addEventListener(sign, wake, { capture: true, passive: true });
  new MutationObserver(wake).observe(document, { childList: true, subtree: true, characterData: true });
}
