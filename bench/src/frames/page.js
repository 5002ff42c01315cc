// Runs in the page of the window, which knows nothing of it. It counts frames and watches keys; what it observed is asked
// for afterwards, so that nothing talks to the page meanwhile.
window.bench = (() => {
  let frames = [];
  let keys = [];
  let last = 0;
  let on = false;
  let each = () => {};

  function frame(at) {
    if (!on) return;
    if (last > 0) frames.push(at - last);
    last = at;
    each();
    requestAnimationFrame(frame);
  }

  // The second frame after an event begins when the first one, which shows what the event did, was handed over.
  function painted(since, done) {
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - since)));
  }

  document.addEventListener('keydown', (event) => painted(event.timeStamp, (took) => keys.push(took)), true);

  return {
    begin(during = () => {}) {
      [frames, keys, last, each, on] = [[], [], 0, during, true];
      requestAnimationFrame(frame);
    },
    end() {
      on = false;
      return { frames, keys };
    },
    /** Turns the wheel over `list` once a frame, upwards; what ends there begins again at its end. */
    wheel(list, step) {
      return () => {
        if (list.scrollTop <= 0) {
          if (list.dataset.bench === 'plain') list.scrollTop = list.scrollHeight;
          return;
        }
        window.bench.scrolled += Math.min(step, list.scrollTop) / list.clientHeight;
        list.dispatchEvent(new WheelEvent('wheel', { deltaY: -step, bubbles: true }));
        list.scrollTop -= step;
      };
    },
    /** Screens that `wheel` has passed. */
    scrolled: 0,
    /** Does something, and notes how long it takes until what it should show is painted. */
    change(act, there) {
      window.bench.changed = null;
      const since = performance.now();
      act();
      (function look() {
        if (there()) painted(since, (took) => (window.bench.changed = took));
        else requestAnimationFrame(look);
      })();
    },
    changed: null,
  };
})();
