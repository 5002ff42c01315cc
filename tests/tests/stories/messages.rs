//! What people do with messages, and what everybody then sees.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod annotations;
mod deleting;
mod editing;
mod keeping;
mod odd;
mod read_marks;
mod unread;
mod windows;

use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{
    Person, World, admit, exchange,
    tables::{meaning, rebuilt},
};

/// Anna's group, with the others in it.
async fn group<const N: usize>(world: &World, others: [&str; N]) -> (ChatId, Person, [Person; N]) {
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    let mut came = Vec::new();
    for name in others {
        let person = world.person(name).await;
        admit(&anna, &person, chat).await;
        came.push(person);
    }
    let others = came.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"));
    let people: &[Person; N] = &others;
    let mut all = vec![&anna];
    all.extend(people);
    exchange(&all).await;
    (chat, anna, others)
}

/// Everybody's rows mean the same, and are those that the changes make.
async fn agree(people: &[&Person], chat: ChatId) {
    let first = meaning(people[0], chat).await;
    for person in people {
        for (one, other) in first.iter().zip(&meaning(person, chat).await) {
            assert_eq!(one, other, "{} and {}", people[0].name, person.name);
        }
        assert_eq!(first.len(), meaning(person, chat).await.len(), "{}", person.name);
        let [kept, counted] = person.unread(chat).await;
        assert_eq!(kept, counted, "{}: unread, as the messages say", person.name);
        rebuilt(person).await;
    }
}
