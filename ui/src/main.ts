// Starts the screens. Events are asked for before the first question, so that nothing is missed in between.

import './components/tokens.css';
import './components/base.css';

import { mount } from 'svelte';

import App from './app/App.svelte';
import { startPump } from './core-state/events';
import { session } from './core-state/session.svelte';
import { selection } from './ui-state/selection.svelte';
import { toasts } from './ui-state/toasts.svelte';

startPump((came, went) => selection.moved(came, went)).catch((error: unknown) => toasts.error(error));
void session.begin();

mount(App, { target: document.getElementById('app')! });
