// Which dialog is open. One at a time.

export type Open =
  | { kind: 'create-chat' }
  | { kind: 'join'; link: string }
  | { kind: 'invite'; chat: string }
  | { kind: 'members'; chat: string };

class Dialogs {
  open = $state.raw<Open | undefined>();

  show(open: Open): void {
    this.open = open;
  }

  close(): void {
    this.open = undefined;
  }
}

export const dialogs = new Dialogs();
