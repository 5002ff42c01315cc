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
import { followLinks } from './host';
import { arrived } from './ui-state/arrived.svelte';
import { goTo } from './ui-state/going';
import { selection } from './ui-state/selection.svelte';
import { stage } from './ui-state/stage.svelte';

Promise.all([startPump((account, came, went) => account.own(selection).moved(came, went), goTo), accounts.load()]).then(
  () => stage.begin(),
  (error: unknown) => here().own(session).fail(error),
);

// A window that hears of no links is still a window.
followLinks((link) => (arrived.link = link)).catch(() => undefined);

mount(App, { target: document.getElementById('app')! });
