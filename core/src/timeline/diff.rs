//! The steps from one list of items to the next.

use std::collections::HashMap;

use super::item::{Item, ItemKey};

/// With more steps than this the whole list is told anew: a screen redraws it either way.
const MOST_OPS: usize = 256;

/// One step; steps are applied in order, each to what the ones before it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    Insert {
        index: usize,
        item: Item,
    },
    /// The item with the same key looks different now.
    Set {
        index: usize,
        item: Item,
    },
    Remove {
        index: usize,
    },
    Reset {
        items: Vec<Item>,
    },
}

/// The steps that make `new` from `old`: few, but not always the fewest. An item that moved is removed and inserted. Takes
/// time linear in what is alike at both ends, and n log n in the middle.
#[must_use]
pub fn diff(old: &[Item], new: &[Item]) -> Vec<Op> {
    let same = |(a, b): &(&Item, &Item)| a.key() == b.key();
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let kept = kept(&old[head..old_end], &new[head..new_end]);
    let mut ops = Vec::new();
    // Of each old item in the middle whether it stays: from the back, so that the places before it hold.
    let mut stays = vec![false; old_end - head];
    for old_index in kept.iter().flatten() {
        stays[*old_index] = true;
    }
    for index in (head..old_end).rev().filter(|index| !stays[index - head]) {
        ops.push(Op::Remove { index });
    }
    // Then from the front: once all before it is right, an item's place is its final one.
    for (index, item) in new.iter().enumerate() {
        let before = if index < head {
            Some(index)
        } else if index < new_end {
            kept[index - head].map(|old_index| head + old_index)
        } else {
            Some(index - new_end + old_end)
        };
        match before {
            None => ops.push(Op::Insert { index, item: item.clone() }),
            Some(before) if old[before] != *item => ops.push(Op::Set { index, item: item.clone() }),
            Some(_) => {}
        }
    }
    if ops.len() > MOST_OPS { vec![Op::Reset { items: new.to_vec() }] } else { ops }
}

/// Of each new item the index of the old one with its key, for a longest series of items whose order did not change;
/// `None` for the others.
fn kept(old: &[Item], new: &[Item]) -> Vec<Option<usize>> {
    let mut old_index: HashMap<ItemKey, usize> =
        old.iter().enumerate().map(|(index, item)| (item.key(), index)).collect();
    // Each old index is taken once, so that the steps are right even if a defect upstream doubles a key.
    let found: Vec<Option<usize>> = new.iter().map(|item| old_index.remove(&item.key())).collect();

    // Longest increasing series. ends[n]: the new index at which a series of n + 1 ends as low as it can.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; new.len()];
    for (index, at) in found.iter().enumerate() {
        if at.is_some() {
            let longer_than = ends.partition_point(|end| found[*end] < *at);
            previous[index] = longer_than.checked_sub(1).map(|n| ends[n]);
            match ends.get_mut(longer_than) {
                Some(end) => *end = index,
                None => ends.push(index),
            }
        }
    }
    let mut kept = vec![None; new.len()];
    let mut next = ends.last().copied();
    while let Some(index) = next {
        kept[index] = found[index];
        next = previous[index];
    }
    kept
}

/// Applies steps as a screen does.
///
/// # Panics
/// When the steps were not made for this list.
pub fn apply(items: &mut Vec<Item>, ops: &[Op]) {
    for op in ops {
        match op {
            Op::Insert { index, item } => items.insert(*index, item.clone()),
            Op::Set { index, item } => items[*index] = item.clone(),
            Op::Remove { index } => drop(items.remove(*index)),
            Op::Reset { items: all } => items.clone_from(all),
        }
    }
}
