// Which message's menu is open, and where on the screen. One for the whole window: a thousand rows need no menu each.

import type { MessageItem } from '../generated/MessageItem';

export interface Spot {
  /** Pixels in the window. */
  x: number;
  y: number;
}

export interface OpenMenu {
  kind: 'actions' | 'emoji';
  message: MessageItem;
  spot: Spot;
}

class MessageMenu {
  open = $state.raw<OpenMenu | undefined>();
  #back: HTMLElement | undefined;

  show(kind: OpenMenu['kind'], message: MessageItem, spot: Spot): void {
    // From the menu on to the emoji: the focus still goes back to where it was first.
    if (!this.open) this.#back = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    this.open = { kind, message, spot };
  }

  /** `refocus`: nothing else wants the focus now. */
  close(refocus: boolean): void {
    this.open = undefined;
    if (refocus && this.#back?.isConnected) this.#back.focus({ preventScroll: true });
  }
}

export const messageMenu = new MessageMenu();
