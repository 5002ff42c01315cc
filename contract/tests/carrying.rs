//! Messages that a file carries: nothing else of the person's is written over, and what is no such file changes nothing.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::{fs, path::Path};

use beseda_contract::{
    Code,
    app::{App, Config},
};
use serde_json::{Value, json};

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

async fn made(profile: &Path) -> App {
    let config = Config { profile: profile.to_owned(), version: String::new(), relay: None };
    let app = App::new(config, Box::new(|_| ()), Box::new(|_| ()));
    let new = json!({ "name": "Anna", "relay": NOWHERE, "invite": null, "key": { "kind": "file" } });
    app.call("create_account", new).await.unwrap();
    app
}

async fn refused(app: &App, name: &str, arguments: Value) -> Code {
    app.call(name, arguments).await.unwrap_err().code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_replaces_a_bundle_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let app = made(dir.path()).await;
    let (bundle, diary) = (dir.path().join("ours.bundle"), dir.path().join("diary.txt"));
    fs::write(&diary, "Dear diary").unwrap();
    let export = |file: &Path| json!({ "file": file, "all": false });
    for _ in 0..2 {
        let exported = app.call("export_bundle", export(&bundle)).await.unwrap();
        assert_eq!(exported["stopped"], false);
        assert!(fs::read(&bundle).unwrap().starts_with(b"beseda bundle 1\n"));
    }
    assert_eq!(refused(&app, "export_bundle", export(&diary)).await, Code::FileExists);
    assert_eq!(fs::read_to_string(&diary).unwrap(), "Dear diary");
    let nowhere = dir.path().join("no such directory/ours.bundle");
    assert_eq!(refused(&app, "export_bundle", export(&nowhere)).await, Code::Internal);
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_bundle_is_not_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let app = made(dir.path()).await;
    let (bundle, diary) = (dir.path().join("ours.bundle"), dir.path().join("diary.txt"));
    fs::write(&diary, "Dear diary").unwrap();
    app.call("export_bundle", json!({ "file": bundle, "all": true })).await.unwrap();
    let imported = app.call("import_bundle", json!({ "file": bundle })).await.unwrap();
    assert_eq!(
        imported,
        json!({ "stopped": false, "chats": [], "unknown": 0, "gaps": [], "unopened": false })
    );
    assert_eq!(refused(&app, "import_bundle", json!({ "file": diary })).await, Code::NotABundle);
    assert_eq!(
        refused(&app, "import_bundle", json!({ "file": dir.path().join("absent") })).await,
        Code::Internal
    );
    app.close().await;
}
