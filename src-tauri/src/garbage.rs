//! How much a page may leave lying about. The engine of WebKitGTK measures that by the memory of the machine: on one with
//! gigabytes it takes all away when there is three times as much as what lives, and first when there are tens of megabytes.
//! Told of a small machine it does so sooner.

use super::environment;

/// What JavaScriptCore goes by when it decides how far its heap may grow, in bytes. A version that does not know one of
/// these says so and goes on.
const LIMITS: &[(&str, &str)] = &[
    // The memory of the machine: the heap may double up to a quarter of that, and grow by half up to a half of it.
    ("JSC_forceRAMSize", "67108864"),
    // Between two collections at least so much is put on it. As it comes, four times that: a quiet chat gathers it over
    // minutes, and each megabyte holds two more that the engine does not count. With half of it frames come late.
    ("JSC_largeHeapSize", "8388608"),
];

/// To be called before any thread is started, see [`environment::tell`].
pub fn keep_little() {
    for (name, value) in LIMITS {
        environment::tell(name, value);
    }
}
