// What a person has filled in: it waits while they look for an invitation in another account.

import { perAccount } from '../../core-state/account.svelte';
import type { Form } from './form';

class Filled {
  form = $state<Form>();
}

export const filled = perAccount(() => new Filled());
