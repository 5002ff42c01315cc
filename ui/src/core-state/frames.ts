// Gathers work until the next frame, so that any number of events costs one update of the screen.

/** A window that is not shown gets no frames; the list must go on all the same. Milliseconds. */
const HIDDEN_DELAY = 200;

export interface Frames {
  /** Runs `flush` once, soon; further requests until then are the same one. */
  request(): void;
  /** Runs `flush` now if it was requested. */
  now(): void;
}

export function frames(flush: () => void): Frames {
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function run(): void {
    if (frame === undefined && timer === undefined) return;
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = undefined;
    timer = undefined;
    flush();
  }

  return {
    request() {
      if (timer !== undefined) return;
      frame = requestAnimationFrame(run);
      timer = setTimeout(run, HIDDEN_DELAY);
    },
    now: run,
  };
}
