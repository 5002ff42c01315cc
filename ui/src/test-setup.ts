// happy-dom has no layout; what asks for it gets an observer that never speaks.
import { afterEach } from 'vitest';

afterEach(() => localStorage.clear());
