//! How much a page may leave lying about. The engine of WebKitGTK measures that by the memory of the machine: on one with
//! gigabytes it takes all away when there is three times as much as what lives. Told of a small machine it does so sooner.

use super::environment;

/// What JavaScriptCore takes for the memory of the machine when it decides how far its heap may grow, in bytes: it may double
/// up to a quarter of that, and grow by half up to a half of it. A version that does not know it says so and goes on.
const MEMORY: (&str, &str) = ("JSC_forceRAMSize", "67108864");

/// To be called before any thread is started, see [`environment::tell`].
pub fn keep_little() {
    environment::tell(MEMORY.0, MEMORY.1);
}
