use super::*;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn id(n: u8) -> DeviceId {
    DeviceId(key(n).verifying_key().to_bytes())
}

const RECOVERY: u8 = 100;

fn person() -> Identity {
    Identity::create(&key(RECOVERY), &key(1))
}

/// `who` adds device `n` to the chain.
fn add(chain: &Identity, who: u8, n: u8) -> Result<Identity, BadIdentity> {
    let statement = chain.next(What::Add(id(n)), id(who).0, 5);
    let bytes = codec::encode(&statement);
    let [by, added] = [who, n].map(|n| sign::sign(&key(n), Purpose::Devices, &[&bytes]));
    chain.append(statement, by, Some(added))
}

fn remove(chain: &Identity, who: u8, n: u8) -> Result<Identity, BadIdentity> {
    let statement = chain.next(What::Remove(id(n)), id(who).0, 6);
    let by = sign::sign(&key(who), Purpose::Devices, &[&codec::encode(&statement)]);
    chain.append(statement, by, None)
}

fn active(chain: &Identity) -> Vec<DeviceId> {
    let devices = chain.devices().unwrap();
    devices.into_iter().filter(|known| known.active).map(|known| known.device).collect()
}

#[test]
fn an_identity_holds_for_its_own_keys_only() {
    let identity = person();
    let member = identity.verify().unwrap();
    assert_eq!(member.device, id(1));

    let mut stolen = identity.clone();
    stolen.genesis.first_device = id(3);
    assert_eq!(stolen.verify(), Err(BadSignature.into()));
    assert_ne!(stolen.user_id(), member.user);
}

#[test]
fn the_bytes_of_a_first_device_are_what_they_were() {
    let bytes = codec::encode(&person());
    assert!(!bytes.windows(5).any(|part| part == b"chain"));
    assert_eq!(codec::decode::<Identity>(&bytes, limits::IDENTITY_BYTES).unwrap(), person());
    let longer = add(&person(), 1, 2).unwrap();
    assert_eq!(codec::decode::<Identity>(&codec::encode(&longer), limits::IDENTITY_BYTES).unwrap(), longer);
}

#[test]
fn devices_come_and_go_and_the_person_stays() {
    let one = person();
    let two = add(&one, 1, 2).unwrap();
    let three = add(&two, 2, 3).unwrap();
    for (identity, device) in [(&one, 1), (&two, 2), (&three, 3)] {
        assert_eq!(identity.verify(), Ok(Member { user: one.user_id(), device: id(device) }));
    }
    let without = remove(&three, 2, 1).unwrap();
    assert_eq!(active(&without), [id(2), id(3)]);
    assert_eq!(without.verify(), Err(BadIdentity::NotAdded), "it proves no device");
    assert_eq!(active(&remove(&without, 2, 2).unwrap()), [id(3)], "one may go by itself");
    assert!(without.continues(&three) && without.continues(&one) && !one.continues(&three));
}

#[test]
fn only_who_is_active_speaks() {
    let two = add(&person(), 1, 2).unwrap();
    let without = remove(&two, 1, 2).unwrap();
    for (result, why) in [
        (add(&person(), 7, 2), BadIdentity::NotActive),
        (add(&without, 2, 3), BadIdentity::NotActive),
        (remove(&without, 2, 1), BadIdentity::NotActive),
        (remove(&without, 1, 2), BadIdentity::NotActive),
        (add(&without, 1, 2), BadIdentity::Known),
        (add(&without, RECOVERY, 2), BadIdentity::Known),
        (add(&two, 1, 1), BadIdentity::Known),
        (remove(&person(), 1, 1), BadIdentity::Last),
        (remove(&person(), RECOVERY, 1), BadIdentity::Last),
    ] {
        assert_eq!(result, Err(why));
    }
}

#[test]
fn statements_are_of_one_person_in_one_order_and_signed_by_both() {
    let two = add(&person(), 1, 2).unwrap();
    let three = add(&two, 1, 3).unwrap();
    let swapped = |change: &dyn Fn(&mut Identity)| {
        let mut identity = three.clone();
        change(&mut identity);
        identity.verify()
    };
    let order = Err(BadIdentity::Order);
    assert_eq!(swapped(&|identity| identity.chain.swap(0, 1)), order);
    assert_eq!(swapped(&|identity| _ = identity.chain.remove(0)), order);
    let other = Identity::create(&key(RECOVERY), &key(9));
    let foreign = add(&add(&other, 9, 1).unwrap(), 1, 3).unwrap();
    assert_eq!(
        swapped(&|identity| identity.chain[1] = foreign.chain[1].clone()),
        order,
        "a foreign person's"
    );
    let forged = Err(BadIdentity::Signature(BadSignature));
    assert_eq!(swapped(&|identity| identity.chain[1].by_added = None), forged);
    assert_eq!(swapped(&|identity| identity.chain[1].by_added = identity.chain[0].by_added), forged);
    assert_eq!(swapped(&|identity| identity.chain[1].signature = identity.chain[0].signature), forged);
    assert_eq!(swapped(&|identity| identity.chain[1].statement.at += 1), forged);
    assert_eq!(swapped(&|identity| identity.chain[0].statement.v = 2), Err(BadIdentity::Version));
}

#[test]
fn there_are_limits() {
    let mut chain = person();
    for n in 2..=10 {
        chain = add(&chain, 1, n).unwrap();
    }
    assert_eq!(add(&chain, 1, 11), Err(BadIdentity::TooManyDevices));
    assert_eq!(add(&chain, RECOVERY, 11), Err(BadIdentity::TooManyDevices));
    let room = remove(&chain, 1, 5).unwrap();
    assert_eq!(active(&add(&room, 1, 11).unwrap()).len(), 10);
    let too_long = std::iter::successors(Some(person()), |chain| {
        let n = u8::try_from(chain.chain.len()).unwrap() / 2 + 2;
        let next = if chain.chain.len() % 2 == 0 { add(chain, 1, n) } else { remove(chain, 1, n) };
        next.ok()
    });
    let longest = too_long.last().unwrap();
    assert!(
        codec::encode(&longest).len() <= limits::IDENTITY_BYTES && longest.chain.len() <= limits::STATEMENTS
    );
    assert!(longest.chain.len() >= 28, "{}", longest.chain.len());
    let mut endless = person();
    endless.chain = vec![longest.chain[0].clone(); limits::STATEMENTS + 1];
    assert_eq!(endless.verify(), Err(BadIdentity::TooLong), "before any work");
}

#[test]
fn of_two_chains_that_part_only_the_recovery_keys_stands_beside_the_other() {
    let two = add(&person(), 1, 2).unwrap();
    let three = add(&two, 1, 3).unwrap();
    let fork = add(&two, 2, 4).unwrap();
    let thief = add(&remove(&two, 2, 1).unwrap(), 2, 5).unwrap();
    let recovered = add(&two, RECOVERY, 6).unwrap();
    let outranked = Err(BadIdentity::Outranked);
    for (new, known, answer) in [
        (&two, &person(), Ok(())),
        (&person(), &two, Ok(())),
        (&three, &three, Ok(())),
        (&fork, &three, outranked),
        (&three, &fork, outranked),
        // The thief put the owner out; the recovery key does not care.
        (&person(), &thief, outranked),
        (&recovered, &thief, Ok(())),
        (&thief, &recovered, outranked),
        (&two, &remove(&three, 1, 2).unwrap(), outranked),
        (&three, &remove(&three, 1, 2).unwrap(), Ok(())),
        (&Identity::create(&key(50), &key(51)), &three, Ok(())),
    ] {
        assert_eq!(new.stands_beside(known), answer, "{new:?}\n{known:?}");
    }
}
