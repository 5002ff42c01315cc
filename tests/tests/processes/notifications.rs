//! A real window on a desktop with notifications and a tray.

use std::time::Instant;

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, SessionBus, Window, fresh_output};

use super::terminal::{Terminal, json};

const TITLE: &str = "Trip to the lake";

/// The last thing that was said in the chat, as Boris has it after an exchange.
fn last_of(boris: &Terminal, chat: &str) -> Option<(String, String)> {
    boris.run(&["sync"]);
    boris.log(chat).pop()
}

/// How far the last thing that was said has got.
fn state_of_last(boris: &Terminal, chat: &str) -> String {
    boris.run(&["sync"]);
    let last = boris.run(&["log", chat, "--limit", "1"]);
    json(last.trim())["state"].as_str().unwrap_or_default().to_owned()
}

/// Goes to no chat, once the keyboard is in the window: after the tray it comes there a little later than the picture.
async fn leaves_chat(anna: &Window) -> Result<()> {
    // Not what the page says of its focus: that of a window which was put away is as it was.
    anna.await_front("Beseda — profile").await?;
    anna.press_until("Escape", "no chat", "!document.querySelector('[data-testid=timeline]')").await
}

#[tokio::test]
async fn a_window_tells_of_what_is_new_once_takes_answers_and_closes_to_the_tray() -> Result<()> {
    let shots = fresh_output("notifications")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let bus = SessionBus::start().await?;
    let anna = Window::open_on(&bus, "Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;
    let boris = Terminal::new(world.path(), "Boris");
    boris.run(&["init", "--name", "Boris", "--relay", &relay.url(), "--key", "file"]);
    boris.run(&["join", &link]);
    let started = Instant::now();
    let chat = loop {
        boris.run(&["sync"]);
        let row = json(&boris.run(&["chat", "list"]));
        if row["status"] == "active" {
            break row["id"].as_str().unwrap().to_owned();
        }
        assert!(started.elapsed().as_secs() < 120, "nobody lets Boris in");
    };
    let says = |text: &str| {
        boris.run(&["send", &chat, text]);
        boris.run(&["sync"]);
    };

    // Anna looks at the chat: she is not told of what she sees.
    says("seen at once");
    anna.await_last("seen at once").await?;
    let started = Instant::now();
    while state_of_last(&boris, &chat) != "read" {
        assert!(started.elapsed().as_secs() < 120, "nobody reads it");
    }
    // She goes to none, and is told once.
    leaves_chat(&anna).await?;
    says("are <you> **there**?");
    let told = bus.await_notification("the first message", |_| true).await?;
    assert_eq!((told.summary.as_str(), told.body.as_str()), (TITLE, "Boris: are &lt;you&gt; there?"));
    assert_eq!(told.actions, ["default", "inline-reply", "mark-read"]);
    assert_eq!(bus.notifications().len(), 1, "{:?}", bus.notifications());
    anna.await_title("(1) Beseda — profile").await?;
    assert_eq!(bus.tray_tip().await?, "1 unread message");
    says("hello?");
    let told = bus.await_notification("two of them", |shown| shown.body.contains("hello?")).await?;
    assert_eq!((told.id, told.times), (1, 2), "in the same place");
    assert_eq!(told.summary, format!("{TITLE}: 2 new messages"));

    // An answer goes out, and what it answers is read.
    bus.reply(1, "On my way").await?;
    anna.await_title("Beseda — profile").await?;
    let started = Instant::now();
    while last_of(&boris, &chat) != Some(("Anna".into(), "On my way".into())) {
        assert!(started.elapsed().as_secs() < 120, "the answer does not come");
    }
    // Marked as read.
    says("one more");
    let told = bus.await_notification("one more", |shown| shown.body.contains("one more")).await?;
    bus.press(told.id, "mark-read").await?;
    anna.await_title("Beseda — profile").await?;

    // Read in the window, it goes away.
    says("read in the window");
    let told = bus.await_notification("another", |shown| shown.body.contains("read in the window")).await?;
    anna.open_chat(TITLE).await?;
    bus.await_closed(told.id).await?;
    leaves_chat(&anna).await?;

    // Closed, the window is in the tray and goes on; pressing what it tells brings it back, to the message.
    anna.press("alt+F4")?;
    anna.await_hidden().await?;
    says("into the tray");
    let told =
        bus.await_notification("one in the tray", |shown| shown.body.contains("into the tray")).await?;
    bus.press(told.id, "default").await?;
    anna.await_last("into the tray").await?;
    anna.await_title("Beseda — profile").await?;
    anna.shoot("1-back-from-the-tray").await?;
    let times: Vec<u32> = bus.notifications().iter().map(|shown| shown.times).collect();
    assert_eq!(times, [2, 1, 1, 1], "nothing was told twice: {:#?}", bus.notifications());

    // Not to be disturbed for an hour.
    leaves_chat(&anna).await?;
    bus.choose_in_tray("Do not disturb for an hour").await?;
    anna.click("open-settings").await?;
    anna.click("settings-notifications").await?;
    anna.find("quiet-until").await?;
    anna.assert_accessible("the settings of notifications").await?;
    anna.shoot("2-settings").await?;
    says("hush");
    anna.await_title("(1) Beseda — profile").await?;
    anna.click("quiet-end").await?;
    says("loud again");
    bus.await_notification("after the quiet", |shown| shown.body.contains("loud again")).await?;
    assert!(bus.notifications().iter().all(|shown| !shown.body.contains("hush")));

    // Quitting takes what is on screen away.
    bus.choose_in_tray("Quit").await?;
    anna.await_end().await?;
    assert!(bus.notifications().iter().all(|shown| shown.closed), "{:#?}", bus.notifications());
    Ok(())
}
