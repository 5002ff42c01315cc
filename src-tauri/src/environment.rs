//! What the processes of the webview read from the environment when the first one is made.
//!
//! Not here: what they are told ([`super::renderer`], [`super::garbage`]), and other systems than Linux, whose webviews are
//! told nothing.

/// Tells them, unless whoever has started the app has said otherwise. To be called before any thread is started: the
/// environment belongs to all of them.
pub fn tell(name: &str, value: &str) {
    #[cfg(target_os = "linux")]
    if std::env::var_os(name).is_none()
        && let Err(error) = glib::setenv(name, value, false)
    {
        tracing::warn!(%error, name, "the webview is not told");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (name, value);
}
