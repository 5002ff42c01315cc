// What each test finds: empty storage. Components are taken away by the testing library.
import { afterEach } from 'vitest';

afterEach(() => localStorage.clear());
