// The pump: events of the core into the stores, one update of the screen a frame.

import { subscribe } from '../host';
import type { Event } from '../generated/Event';
import { chats } from './chats.svelte';
import { frames } from './frames';
import { sync } from './sync.svelte';
import { deliver } from './timeline.svelte';

/** Told which chats came and went in one frame, so that a screen can follow one that got its own id. */
export type ChatsMoved = (came: readonly string[], went: readonly string[]) => void;

export function startPump(onMoved: ChatsMoved): Promise<void> {
  let came: string[] = [];
  let went: string[] = [];
  const list = frames(() => {
    const moved = { came, went };
    came = [];
    went = [];
    chats.publish();
    onMoved(moved.came, moved.went);
  });

  function receive(event: Event): void {
    switch (event.type) {
      case 'chat':
        if (!chats.has(event.row.id)) came.push(event.row.id);
        chats.put(event.row);
        list.request();
        break;
      case 'chat_gone':
        went.push(event.id);
        chats.remove(event.id);
        list.request();
        break;
      case 'timeline':
        deliver(event.timeline, event.ops);
        break;
      case 'sync':
        sync.put(event.status);
        break;
    }
  }

  return subscribe((events) => {
    for (const event of events) receive(event);
  });
}
