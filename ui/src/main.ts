// Starts the screens. Events are asked for before any account is opened, so that nothing is missed in between.

import './components/tokens.css';
import './components/accents.css';
import './components/base.css';

import { mount } from 'svelte';

import App from './app/App.svelte';
import { here } from './core-state/account.svelte';
import { accounts } from './core-state/accounts.svelte';
import { startPump } from './core-state/events';
import { session } from './core-state/session.svelte';
import { chatApart, followLinks } from './host';
import { arrived } from './ui-state/arrived.svelte';
import { goTo, heed } from './ui-state/going';
import { selection } from './ui-state/selection.svelte';
import { stage } from './ui-state/stage.svelte';

const target = document.getElementById('app')!;
const apart = chatApart();

Promise.all([startPump((account, came, went) => account.own(selection).moved(came, went), goTo, heed), accounts.load()]).then(
  () => (apart ? stage.beginApart(apart.account) : stage.begin()),
  (error: unknown) => here().own(session).fail(error),
);

if (apart) {
  void import('./app/Apart.svelte').then(({ default: Apart }) => mount(Apart, { target }));
} else {
  // A window that hears of no links is still a window.
  followLinks((link) => (arrived.link = link)).catch(() => undefined);
  mount(App, { target });
}
