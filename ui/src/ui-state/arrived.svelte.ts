// A `beseda:` link that was opened outside of the app: it waits until a screen can take it. A later one takes its place.

class Arrived {
  link = $state.raw<string>();

  /** Once. */
  take(): string | undefined {
    const { link } = this;
    this.link = undefined;
    return link;
  }
}

export const arrived = new Arrived();
