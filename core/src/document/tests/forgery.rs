//! Each rule of the gate, broken by a change that Automerge itself could have made.

use std::num::NonZeroU64;

use automerge::{
    Change, ExpandedChange, ObjType, ScalarValue,
    legacy::{ElementId, Key, ObjectId, OpId, OpType},
};
use beseda_protocol::limits;

use super::{fuzz::resealed, *};
use crate::document::{
    change::{MAX_OP, automerge_actor},
    column::key,
};

/// Two columns with a few changes, and one more change of Anna that builds on Boris's too and has not been received.
struct Scene {
    replica: Replica,
    honest: LocalChange,
    first: LocalChange,
    boris: LocalChange,
}

const ANNA: u8 = 1;
const BORIS: u8 = 2;

fn scene() -> Scene {
    let mut replica = Replica::default();
    let first = replica.write(actor(ANNA), &[message("1"), message("2")]);
    replica.write(actor(BORIS), &[message("3")]);
    let boris = replica.write(actor(BORIS), &[message("4"), message("5")]);
    let mut writer = Replica::default();
    for (who, bytes) in [ANNA, BORIS, BORIS].into_iter().zip(replica.changes.clone()) {
        writer.receive(actor(who), &bytes).unwrap();
    }
    let honest = writer.write(actor(ANNA), &[message("6"), message("7"), message("8")]);
    Scene { replica, honest, first, boris }
}

impl Scene {
    fn answer(&self, bytes: &[u8]) -> Result<Admitted, Refused> {
        self.replica.admit(actor(ANNA), bytes)
    }

    /// The gate's answer to the honest change after `alter`.
    fn altered(&self, alter: impl FnOnce(&mut ExpandedChange)) -> Refused {
        let mut expanded = Change::try_from(self.honest.bytes.as_slice()).unwrap().decode();
        alter(&mut expanded);
        let forged = Change::from(expanded);
        assert_ne!(forged.raw_bytes(), self.honest.bytes, "nothing was altered");
        self.answer(forged.raw_bytes()).expect_err("a forged change was admitted")
    }
}

#[test]
fn the_honest_change_passes_and_is_what_it_says() {
    let scene = scene();
    let admitted = scene.answer(&scene.honest.bytes).unwrap();
    assert_eq!(admitted.hash, scene.honest.hash);
    assert_eq!(admitted.column, scene.honest.column);
    assert_eq!(admitted.deps, scene.honest.deps);
    assert_eq!(admitted.facts, [(2, message("6")), (3, message("7")), (4, message("8"))]);
}

#[test]
fn whose_and_which_change_it_is() {
    let scene = scene();
    let anna = automerge_actor(actor(ANNA));
    let other = automerge_actor(actor(9));
    assert_eq!(scene.altered(|change| change.actor_id = other.clone()), Refused::OtherActors);
    let everywhere = |change: &mut ExpandedChange| {
        change.actor_id = other.clone();
        for op in &mut change.operations {
            op.obj = ObjectId::Id(OpId::new(1, &other));
        }
    };
    assert_eq!(scene.altered(everywhere), Refused::WrongActor);
    assert_eq!(scene.altered(|change| change.seq = 1), Refused::WrongSeq { expected: 2, got: 1 });
    assert_eq!(scene.altered(|change| change.seq = 3), Refused::WrongSeq { expected: 2, got: 3 });
    let bytes = scene.first.bytes.as_slice();
    assert_eq!(scene.answer(bytes), Err(Refused::WrongSeq { expected: 2, got: 1 }), "received before");
    let preds = |change: &mut ExpandedChange| {
        change.operations[0].pred = vec![OpId::new(1, &other), OpId::new(1, &anna)].into();
    };
    assert_eq!(scene.altered(preds), Refused::OtherActors);
}

#[test]
fn what_it_builds_on() {
    let scene = scene();
    let own = |change: &mut ExpandedChange| change.deps.retain(|dep| *dep != scene.first.hash.into());
    assert_eq!(scene.altered(own), Refused::Deps);
    assert_eq!(scene.altered(|change| change.deps.clear()), Refused::Deps);
    let twice = |change: &mut ExpandedChange| change.deps.push(scene.boris.hash.into());
    assert_eq!(scene.altered(twice), Refused::Deps);
    let many = |change: &mut ExpandedChange| {
        change.deps.extend((0..=u8::MAX).map(|n| automerge::ChangeHash([n; 32])));
    };
    assert_eq!(scene.altered(many), Refused::Deps);
    let unknown = automerge::ChangeHash([9; 32]);
    assert_eq!(
        scene.altered(|change| change.deps.push(unknown)),
        Refused::MissingDeps(vec![ChangeHash([9; 32])])
    );
    let unknown_and_low = |change: &mut ExpandedChange| {
        change.deps.push(unknown);
        change.start_op = NonZeroU64::new(scene.boris.column.max_op).unwrap();
    };
    assert!(matches!(scene.altered(unknown_and_low), Refused::StartOp { .. }), "waiting would not help");

    // Automerge's encoder sorts; a forger's need not.
    let mut swapped = scene.honest.bytes.clone();
    let at = swapped.windows(32).position(|window| window == scene.honest.deps[0].as_bytes()).unwrap();
    swapped[at..at + 64].rotate_left(32);
    assert_eq!(scene.answer(&resealed(&swapped)), Err(Refused::Deps));

    // A first change builds on nothing.
    let mut writer = Replica::default();
    let made = writer.write(actor(3), &[message("hello")]);
    let mut expanded = Change::try_from(made.bytes.as_slice()).unwrap().decode();
    expanded.deps = vec![scene.first.hash.into()];
    let forged = Change::from(expanded);
    assert_eq!(scene.replica.admit(actor(3), forged.raw_bytes()), Err(Refused::Deps));
}

#[test]
fn where_its_operations_begin() {
    let scene = scene();
    let due = scene.honest.column.max_op - 2;
    for got in [1, due - 1, due + 1, MAX_OP, MAX_OP + 1, u64::from(u32::MAX)] {
        let begin = |change: &mut ExpandedChange| change.start_op = NonZeroU64::new(got).unwrap();
        assert!(matches!(scene.altered(begin), Refused::StartOp { got: at, .. } if at == got));
    }
}

#[test]
fn nothing_rides_along() {
    let scene = scene();
    assert_eq!(scene.altered(|change| change.time = 1), Refused::Time);
    assert_eq!(scene.altered(|change| change.time = -1), Refused::Time);
    assert_eq!(scene.altered(|change| change.message = Some("psst".into())), Refused::Message);
    assert_eq!(scene.altered(|change| change.extra_bytes = vec![0]), Refused::ExtraBytes);
    let mut bytes = scene.honest.bytes.clone();
    bytes.push(0);
    assert_eq!(scene.answer(&bytes), Err(Refused::Undecodable));
    let mut bytes = scene.honest.bytes.clone();
    bytes[4] ^= 1;
    assert_eq!(scene.answer(&bytes), Err(Refused::NotCanonical), "the checksum");
}

#[test]
fn it_only_appends_facts_to_its_own_column() {
    let scene = scene();
    let anna = automerge_actor(actor(ANNA));
    let boris = automerge_actor(actor(BORIS));
    let first =
        |alter: &dyn Fn(&mut automerge::legacy::Op)| scene.altered(|change| alter(&mut change.operations[0]));
    assert_eq!(first(&|op| op.obj = ObjectId::Id(OpId::new(1, &boris))), Refused::OtherActors);
    assert_eq!(first(&|op| op.obj = ObjectId::Id(OpId::new(2, &anna))), Refused::NotCanonical);
    assert_eq!(first(&|op| op.obj = ObjectId::Root), Refused::NotCanonical);
    assert_eq!(first(&|op| op.pred = vec![OpId::new(2, &anna)].into()), Refused::NotCanonical);
    assert_eq!(first(&|op| op.insert = true), Refused::NotCanonical);
    assert_eq!(first(&|op| op.key = Key::Seq(ElementId::Head)), Refused::NotCanonical);
    for number in [0, 1, 3, 5, u32::MAX] {
        assert_eq!(first(&|op| op.key = Key::Map(key(number).into())), Refused::NotCanonical);
    }
    assert_eq!(first(&|op| op.key = Key::Map("title".into())), Refused::NotCanonical);
    assert_eq!(first(&|op| op.action = OpType::Delete), Refused::Value);
    assert_eq!(first(&|op| op.action = OpType::Increment(1)), Refused::Value);
    for made in [ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table] {
        assert_eq!(first(&|op| op.action = OpType::Make(made)), Refused::Value);
    }
    for value in [ScalarValue::Null, "text".into(), ScalarValue::Int(1), ScalarValue::counter(1)] {
        assert_eq!(first(&|op| op.action = OpType::Put(value.clone())), Refused::Value);
    }
    assert_eq!(scene.altered(|change| change.operations.swap(0, 1)), Refused::NotCanonical);
    assert_eq!(scene.altered(|change| change.operations.clear()), Refused::NoFacts);
    let many = |change: &mut ExpandedChange| {
        let op = change.operations[0].clone();
        change.operations = vec![op; limits::CHANGE_FACTS + 1];
    };
    assert_eq!(scene.altered(many), Refused::TooManyFacts);
    let endless = |change: &mut ExpandedChange| {
        let op = change.operations[0].clone();
        change.operations = vec![op; 5000];
    };
    assert_eq!(scene.altered(endless), Refused::TooManyFacts);
}

#[test]
fn a_first_change_makes_exactly_its_own_column() {
    let me = actor(3);
    let mut writer = Replica::default();
    let honest = writer.write(me, &[message("1"), message("2")]);
    let altered = |alter: &dyn Fn(&mut ExpandedChange)| {
        let mut expanded = Change::try_from(honest.bytes.as_slice()).unwrap().decode();
        alter(&mut expanded);
        Replica::default().admit(me, Change::from(expanded).raw_bytes()).map(|admitted| admitted.hash)
    };
    assert_eq!(altered(&|_| {}), Ok(honest.hash));
    let other = Key::Map(actor(BORIS).to_string().into());
    assert_eq!(altered(&|change| change.operations[0].key = other.clone()), Err(Refused::NotCanonical));
    let list = OpType::Make(ObjType::List);
    assert_eq!(altered(&|change| change.operations[0].action = list.clone()), Err(Refused::NotCanonical));
    assert_eq!(altered(&|change| drop(change.operations.remove(0))), Err(Refused::NotCanonical));
    assert_eq!(altered(&|change| change.operations.truncate(1)), Err(Refused::NoFacts));
    let again = |change: &mut ExpandedChange| change.operations.insert(1, change.operations[0].clone());
    assert_eq!(altered(&again), Err(Refused::Value));
    let later = |change: &mut ExpandedChange| change.start_op = NonZeroU64::new(2).unwrap();
    assert_eq!(altered(&later), Err(Refused::StartOp { expected: 1, got: 2 }));
}

#[test]
fn bombs_are_refused_before_they_are_believed() {
    let scene = scene();
    let mut long = Replica::default();
    long.receive(actor(ANNA), &scene.first.bytes).unwrap();
    let made = long.write(actor(ANNA), &[message("a".repeat(1000))]);
    let compressed = Change::try_from(made.bytes.as_slice()).unwrap().bytes().into_owned();
    assert!(compressed.len() < made.bytes.len());
    assert_eq!(scene.answer(&compressed), Err(Refused::Compressed));

    let limit = limits::CHANGE_BYTES;
    let large = vec![0; limit + 1];
    assert_eq!(scene.answer(&large), Err(Refused::TooLarge { got: limit + 1, limit }));

    // Operations that are only claimed: Automerge's decoder would count to 2^62. Each is a column table with one column
    // and one run of it, behind the honest change's own beginning.
    let columns = scene.honest.bytes.windows(3).position(|window| window == [0, 0, 0]).unwrap() + 3;
    for (column, refused) in
        [(0x42, Refused::NoFacts), (0x56, Refused::TooManyFacts), (0x70, Refused::NoFacts)]
    {
        let mut run = vec![0xff; 8];
        run.extend([0x3f, 0x17]);
        let mut bytes = scene.honest.bytes[..columns].to_vec();
        bytes.extend([1, column, run.len() as u8]);
        bytes.extend(run);
        assert_eq!(scene.answer(&resealed(&bytes)), Err(refused));
    }
}
