// How much room the window has for things side by side. In pixels of the page, so zooming in takes room away.

import { MediaQuery } from 'svelte/reactivity';

const small = new MediaQuery('(max-width: 520px)');
const wide = new MediaQuery('(min-width: 1180px)');
const widest = new MediaQuery('(min-width: 1560px)');

export const room = {
  /** Not even for a row of words. */
  get small(): boolean {
    return small.current;
  },
  /** Two things beside the list of chats: two chats, or a chat and what is known of it. */
  get two(): boolean {
    return wide.current;
  },
  /** Three of them. */
  get three(): boolean {
    return widest.current;
  },
};
