// Whether a person can see this window now, and the time, to the minute.

class Attention {
  /** Shown and focused. */
  here = $state(isHere());
  /** Milliseconds; moves once a minute, for words like "today". */
  now = $state(Date.now());

  constructor() {
    const look = () => {
      this.here = isHere();
      this.now = Date.now();
    };
    window.addEventListener('focus', look);
    window.addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    setInterval(() => (this.now = Date.now()), 60_000);
  }
}

function isHere(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

export const attention = new Attention();
