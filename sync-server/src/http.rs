pub use axum::Router;
