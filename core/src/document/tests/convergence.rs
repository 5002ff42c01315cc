//! Honest writers: every change passes every gate, and all replicas end alike.

use automerge::{
    ActorId as AutomergeActor, Automerge, ObjType, ROOT, ReadDoc, ScalarValue,
    transaction::{CommitOptions, Transactable},
};
use beseda_protocol::limits;

use super::*;
use crate::document::{DocumentError, change::CHANGE_DEPS, column::key, hash_of};

/// If Automerge's encoder or ours moved, old and new apps would refuse each other's changes.
#[test]
fn the_bytes_of_a_change_are_automerges_own_and_do_not_move() {
    let facts: Vec<Fact> = (0..5).map(|n| message(format!("текст {n}"))).collect();
    let (anna, boris) = (actor(1), actor(2));
    let mut replica = Replica::default();
    replica.write(anna, &facts[..2]);
    replica.write(boris, &facts[2..3]);
    replica.write(anna, &facts[3..4]);
    let last = replica.write(boris, &facts[4..]);

    let mut documents =
        [anna, boris].map(|actor| Automerge::new().with_actor(AutomergeActor::from(actor.0.as_slice())));
    let mut theirs = Vec::new();
    for (writer, numbers) in [(0, 0..2), (1, 0..1), (0, 2..3), (1, 1..2)] {
        let actor = [anna, boris][writer];
        let index = |n: usize| if writer == 0 { [0, 1, 3][n] } else { [2, 4][n] };
        let document = &mut documents[writer];
        let mut transaction = document.transaction();
        let column = match transaction.get(ROOT, actor.to_string()).unwrap() {
            Some((_, column)) => column,
            None => transaction.put_object(ROOT, actor.to_string(), ObjType::Map).unwrap(),
        };
        for n in numbers {
            let value = ScalarValue::Bytes(facts[index(n)].encode());
            transaction.put(&column, key(n as u32), value).unwrap();
        }
        transaction.commit_with(CommitOptions::default().with_time(0));
        let change = document.get_last_local_change().unwrap();
        theirs.push(change.raw_bytes().to_vec());
        // From the second change of each on, both have seen all that came before.
        if theirs.len() >= 2 {
            let [a, b] = &mut documents;
            a.merge(b).unwrap();
            b.merge(a).unwrap();
        }
    }
    assert_eq!(replica.changes, theirs);
    assert_eq!(hash_of(&last.bytes), Some(last.hash));
    assert_eq!(last.hash.to_string(), "e1ed345dc8e72b300fff81ba172907d45f2e3a54d9c65551cdaa7dae04772221");
}

#[test]
fn thousands_of_interleaved_changes_pass_every_gate_and_all_replicas_end_alike() {
    const PEOPLE: usize = 5;
    const CHANGES: usize = 2500;
    let mut dice = Dice(7);
    let mut replicas: Vec<Replica> = (0..PEOPLE).map(|_| Replica::default()).collect();
    // Per replica what has been sent to it and not been received: from whom, and the bytes, in any order across people.
    let mut waiting: Vec<Vec<(ActorId, Vec<u8>)>> = vec![Vec::new(); PEOPLE];
    for n in 0..CHANGES {
        let writer = dice.below(PEOPLE);
        let many = dice.below(4) / 3 * dice.below(limits::CHANGE_FACTS);
        let facts: Vec<Fact> = (0..=many).map(|m| message(format!("{n}/{m} ☕"))).collect();
        let made = replicas[writer].write(actor(writer as u8), &facts);
        for (receiver, queue) in waiting.iter_mut().enumerate() {
            if receiver != writer {
                queue.push((actor(writer as u8), made.bytes.clone()));
            }
        }
        let receiver = dice.below(PEOPLE);
        if dice.below(3) == 0 {
            receive_all(&mut replicas[receiver], &mut waiting[receiver], &mut dice);
        }
    }
    for (replica, queue) in replicas.iter_mut().zip(&mut waiting) {
        receive_all(replica, queue, &mut dice);
    }
    let heads = replicas[0].segment.heads();
    for replica in &mut replicas {
        assert_eq!(replica.changes.len(), CHANGES);
        assert_eq!(replica.segment.heads(), heads);
        replica.check();
    }
    let orders: std::collections::HashSet<_> = replicas.iter().map(|replica| &replica.changes).collect();
    assert_eq!(orders.len(), PEOPLE, "each replica met the changes in an order of its own");
}

/// Receives what waits, shuffled: what comes too early is held and tried again, as the sync engine does.
fn receive_all(replica: &mut Replica, queue: &mut Vec<(ActorId, Vec<u8>)>, dice: &mut Dice) {
    for n in (1..queue.len()).rev() {
        queue.swap(n, dice.below(n + 1));
    }
    while !queue.is_empty() {
        let before = queue.len();
        queue.retain(|(actor, bytes)| match replica.receive(*actor, bytes) {
            Ok(()) => false,
            Err(Refused::MissingDeps(_)) => true,
            Err(Refused::WrongSeq { expected, got }) if got > expected => true,
            Err(refused) => panic!("an honest change was refused: {refused}"),
        });
        assert!(queue.len() < before, "everything came, so something can be received");
    }
}

#[test]
fn a_change_waits_for_what_it_builds_on() {
    let (anna, boris) = (actor(1), actor(2));
    let (mut a, mut b) = (Replica::default(), Replica::default());
    let first = a.write(anna, &[message("1")]);
    b.receive(anna, &first.bytes).unwrap();
    let hello = b.write(boris, &[message("2")]);
    let reply = b.write(boris, &[message("3")]);
    assert_eq!(reply.deps.len(), 2);

    let mut c = Replica::default();
    assert_eq!(c.admit(boris, &reply.bytes), Err(Refused::WrongSeq { expected: 1, got: 2 }));
    c.receive(boris, &hello.bytes).unwrap();
    assert_eq!(c.admit(boris, &reply.bytes), Err(Refused::MissingDeps(vec![first.hash])));
    let early = c.segment.apply([reply.bytes.as_slice()]);
    assert!(matches!(early, Err(DocumentError::Missing(missing)) if missing == [first.hash]));
    c.receive(anna, &first.bytes).unwrap();
    c.receive(boris, &reply.bytes).unwrap();
    assert_eq!(c.segment.heads(), b.segment.heads());
    c.check();
}

#[test]
fn more_heads_than_a_change_may_name_are_joined_over_several() {
    let mut replica = Replica::default();
    let me = actor(255);
    replica.write(me, &[message("I")]);
    let people = 2 * CHANGE_DEPS + 10;
    for n in 0..people {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(n as u64).to_be_bytes());
        replica.write(ActorId(id), &[message("hello")]);
    }
    assert_eq!(replica.segment.heads().len(), people + 1);
    let mut other = Replica::default();
    for n in 0..4 {
        let made = replica.write(me, &[message(n.to_string())]);
        assert!(made.deps.len() <= CHANGE_DEPS);
    }
    assert_eq!(replica.segment.heads().len(), 1);
    for row in replica.rows() {
        let actor = automerge::Change::try_from(row).unwrap().actor_id().to_bytes().try_into().unwrap();
        other.receive(ActorId(actor), row).unwrap();
    }
    assert_eq!(other.segment.heads(), replica.segment.heads());
}

#[test]
fn what_cannot_be_written_leaves_the_segment_as_it_was() {
    let mut replica = Replica::default();
    let me = actor(1);
    let long = || message("a".repeat(limits::MESSAGE_TEXT_BYTES));
    replica.write(me, &[long(), long()]);
    let heads = replica.segment.heads();
    let column = replica.column(me);
    let write = |replica: &mut Replica, column: &Column, facts: &[Fact]| {
        replica.segment.write(column, facts).expect_err("nothing to write")
    };

    assert!(matches!(write(&mut replica, &column, &[]), DocumentError::FactCount { got: 0, .. }));
    let many = vec![message(""); limits::CHANGE_FACTS + 1];
    assert!(matches!(write(&mut replica, &column, &many), DocumentError::FactCount { .. }));
    let facts = [message(""), message("a".repeat(limits::MESSAGE_TEXT_BYTES + 1))];
    assert!(matches!(write(&mut replica, &column, &facts), DocumentError::UnreadableFact { index: 1 }));
    let facts = [long(), long(), long()];
    assert!(matches!(write(&mut replica, &column, &facts), DocumentError::ChangeTooLarge { .. }));
    let full = Column { next_fact: u32::MAX, ..column.clone() };
    assert!(matches!(write(&mut replica, &full, &[message("")]), DocumentError::Full));
    let full = Column { max_op: u64::from(u32::MAX), ..column.clone() };
    assert!(matches!(write(&mut replica, &full, &[message("")]), DocumentError::Full));
    let ahead = Column { last_hash: Some(ChangeHash([9; 32])), ..column };
    assert!(matches!(write(&mut replica, &ahead, &[message("")]), DocumentError::Missing(_)));

    assert_eq!(replica.segment.heads(), heads);
    replica.write(me, &[message("still here")]);
    replica.check();
}

#[test]
fn a_segment_in_doubt_says_so_until_it_is_rebuilt() {
    let mut replica = Replica::default();
    let me = actor(1);
    let first = replica.write(me, &[message("1")]);
    let fork = Replica::default().write(me, &[message("another 1")]);
    replica.segment.apply([first.bytes.as_slice()]).expect("a change that is here already is skipped");
    assert!(matches!(replica.segment.apply([fork.bytes.as_slice()]), Err(DocumentError::Automerge(_))));
    assert!(matches!(replica.segment.save(), Err(DocumentError::InDoubt)));
    replica.segment = Segment::rebuild(replica.changes.iter().map(Vec::as_slice)).unwrap();
    replica.write(me, &[message("2")]);
    replica.check();

    assert!(Segment::load(b"not a document").is_err());
    let mut saved = replica.segment.save().unwrap();
    let middle = saved.len() / 2;
    saved[middle] ^= 1;
    assert!(Segment::load(&saved).is_err());
}
