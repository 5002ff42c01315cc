//! One chat's MLS group (RFC 9420), loaded for an operation and given back as changed rows.
//!
//! A commit never takes effect before [`membership::authorise`] allows it. Content does not travel as MLS messages:
//! each epoch (an *era*) exports one key, and [`super::seal`] does the rest.

mod package;

use std::collections::{BTreeMap, HashMap};

use beseda_protocol::{
    ChatId, DeviceId, UserId, codec,
    identity::{Identity, Member},
    limits,
    membership::{self, Effects, IDENTITY_CREDENTIAL, ROLES_EXTENSION, Refusal, Roles},
};
use openmls::prelude::{
    Capabilities, Ciphersuite, Credential, CredentialType, CredentialWithKey, Extension, ExtensionType,
    Extensions, GroupId, LeafNodeIndex, LeafNodeParameters, Lifetime, MlsGroup, MlsGroupJoinConfig,
    MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY,
    ProcessedMessageContent, Proposal, ProposalOrRefType, ProtocolMessage, RequiredCapabilitiesExtension,
    Sender, StagedCommit, StagedWelcome, UnknownExtension, tls_codec::Deserialize as _,
};
use openmls_rust_crypto::OpenMlsRustCrypto;

pub use package::{NewKeyPackage, key_package_owner, new_key_package, welcome_references};

use super::{Secret, keys::DeviceKeys};
use package::{key_package_from, parse_welcome};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519;

/// MLS state as the store keeps it: opaque keys and values.
pub type Rows = HashMap<Vec<u8>, Vec<u8>>;

/// What an operation changed in the rows; `None` deletes.
pub type RowChanges = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

#[derive(Debug, thiserror::Error)]
pub enum MlsError {
    /// The bytes are not a message of this group at this epoch, or their signatures do not hold.
    #[error("not a valid group message: {0}")]
    Invalid(String),
    /// A well-formed commit that the chat's rules forbid.
    #[error("the chat's rules forbid it: {0}")]
    Refused(#[from] Refusal),
    /// The rows do not hold the group: the store is damaged, or the caller names another chat.
    #[error("the group's state is missing or damaged: {0}")]
    State(String),
    /// A welcome for a key package that this device does not hold.
    #[error("a welcome that is not for this device")]
    NotForUs,
}

fn invalid(error: impl std::fmt::Display) -> MlsError {
    MlsError::Invalid(error.to_string())
}

fn state(error: impl std::fmt::Display) -> MlsError {
    MlsError::State(error.to_string())
}

/// A member with what proves it.
#[derive(Debug, Clone)]
pub struct GroupMember {
    pub member: Member,
    pub identity: Identity,
    leaf: LeafNodeIndex,
}

/// A commit of ours that waits for the relay's answer.
pub struct Proposed {
    pub commit: Vec<u8>,
    pub welcome: Option<Vec<u8>>,
    /// The era it would begin, and the roles then.
    pub era: u64,
    pub era_key: Secret,
    pub roles: Roles,
}

/// Somebody's commit, checked and allowed, not yet merged.
pub struct Staged {
    pub sender: Member,
    pub effects: Effects,
    /// Identities of those it adds, in the order of `effects.adds`.
    pub added: Vec<Identity>,
    commit: Box<StagedCommit>,
}

/// The group of one chat, in memory for the time of an operation.
pub struct Group {
    provider: OpenMlsRustCrypto,
    before: Rows,
    group: MlsGroup,
    roles: Roles,
    members: Vec<GroupMember>,
}

fn provider(rows: &Rows) -> Result<OpenMlsRustCrypto, MlsError> {
    let provider = OpenMlsRustCrypto::default();
    *provider.storage().values.write().map_err(state)? = rows.clone();
    Ok(provider)
}

fn changes(before: &Rows, provider: &OpenMlsRustCrypto) -> Result<RowChanges, MlsError> {
    let after = provider.storage().values.read().map_err(state)?;
    let mut changes = RowChanges::new();
    for (key, value) in after.iter() {
        if before.get(key) != Some(value) {
            changes.insert(key.clone(), Some(value.clone()));
        }
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        changes.insert(key.clone(), None);
    }
    Ok(changes)
}

fn capabilities() -> Capabilities {
    Capabilities::builder()
        .ciphersuites(vec![SUITE])
        .extensions(vec![ExtensionType::Unknown(ROLES_EXTENSION)])
        .proposals(vec![])
        .credentials(vec![CredentialType::Other(IDENTITY_CREDENTIAL)])
        .build()
}

/// For ever: the default of 84 days would lock out whoever was offline longer, and a wrong clock everyone. The
/// directory ages key packages instead.
fn lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

fn credential(keys: &DeviceKeys) -> CredentialWithKey {
    CredentialWithKey {
        credential: Credential::new(
            CredentialType::Other(IDENTITY_CREDENTIAL),
            codec::encode(keys.identity()),
        ),
        signature_key: keys.device().0.to_vec().into(),
    }
}

fn identify(credential: &Credential, signature_key: &[u8]) -> Result<(Member, Identity), MlsError> {
    if credential.credential_type() != CredentialType::Other(IDENTITY_CREDENTIAL) {
        return Err(invalid("a credential of another type"));
    }
    let identity: Identity =
        codec::decode(credential.serialized_content(), limits::IDENTITY_BYTES).map_err(invalid)?;
    let member = identity.verify().map_err(invalid)?;
    if member.device.0 != signature_key {
        return Err(invalid("a leaf whose key is not its device's"));
    }
    Ok((member, identity))
}

fn roles_of(extensions: &Extensions<openmls::prelude::GroupContext>) -> Result<Roles, MlsError> {
    let extension = extensions.unknown(ROLES_EXTENSION).ok_or_else(|| invalid("a group without roles"))?;
    codec::decode(&extension.0, 64 * 1024).map_err(invalid)
}

/// What a group says of itself: that its members must understand its roles, and the roles.
fn extensions(roles: &Roles) -> Result<Extensions<openmls::prelude::GroupContext>, MlsError> {
    let required = RequiredCapabilitiesExtension::new(
        &[ExtensionType::Unknown(ROLES_EXTENSION)],
        &[],
        &[CredentialType::Other(IDENTITY_CREDENTIAL)],
    );
    Extensions::from_vec(vec![
        Extension::RequiredCapabilities(required),
        Extension::Unknown(ROLES_EXTENSION, UnknownExtension(codec::encode(roles))),
    ])
    .map_err(state)
}

fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .build()
}

impl Group {
    /// A new group of this device alone.
    ///
    /// # Errors
    /// [`MlsError::State`] when it cannot be made.
    pub fn create(keys: &DeviceKeys, group_id: &[u8], roles: &Roles) -> Result<Self, MlsError> {
        let provider = provider(&Rows::new())?;
        let group = MlsGroup::builder()
            .with_group_id(GroupId::from_slice(group_id))
            .ciphersuite(SUITE)
            .with_wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .with_capabilities(capabilities())
            .lifetime(lifetime())
            .with_group_context_extensions(extensions(roles)?)
            .build(&provider, keys, credential(keys))
            .map_err(state)?;
        Self::around(provider, Rows::new(), group)
    }

    /// # Errors
    /// [`MlsError::State`] when the rows do not hold the group.
    pub fn load(rows: Rows, group_id: &[u8]) -> Result<Self, MlsError> {
        let provider = provider(&rows)?;
        let group = MlsGroup::load(provider.storage(), &GroupId::from_slice(group_id))
            .map_err(state)?
            .ok_or_else(|| state("no such group"))?;
        Self::around(provider, rows, group)
    }

    /// Joins by a welcome; `rows` hold the key package's private half. Says who lets this device in.
    ///
    /// # Errors
    /// [`MlsError::NotForUs`] without that half; [`MlsError::Invalid`] when the group it leads to is not sound.
    pub fn join(rows: Rows, welcome: &[u8]) -> Result<(Self, Member), MlsError> {
        let provider = provider(&rows)?;
        let staged = StagedWelcome::build_from_welcome(&provider, &join_config(), parse_welcome(welcome)?)
            .map_err(|error| match error {
                openmls::prelude::WelcomeError::NoMatchingKeyPackage => MlsError::NotForUs,
                other => invalid(other),
            })?
            .skip_lifetime_validation()
            .build()
            .map_err(invalid)?;
        let leaf = staged.welcome_sender().map_err(invalid)?;
        let (by, _) = identify(leaf.credential(), leaf.signature_key().as_slice())?;
        let group = staged.into_group(&provider).map_err(invalid)?;
        Ok((Self::around(provider, rows, group)?, by))
    }

    /// Comes into a group by oneself (external commit, RFC 9420, section 12.4.3.2), which takes effect here at once: what
    /// it leaves in the rows counts when the relay has taken the commit. Says the commit.
    ///
    /// # Errors
    /// [`MlsError::Invalid`] when the group is not sound.
    pub fn come_back(keys: &DeviceKeys, group_info: &[u8]) -> Result<(Self, Vec<u8>), MlsError> {
        let info = match MlsMessageIn::tls_deserialize_exact(group_info).map_err(invalid)?.extract() {
            MlsMessageBodyIn::GroupInfo(info) => info,
            _ => return Err(invalid("not what a group says of itself")),
        };
        let provider = provider(&Rows::new())?;
        let leaf = LeafNodeParameters::builder().with_capabilities(capabilities()).build();
        let (group, bundle) = MlsGroup::external_commit_builder()
            .with_config(join_config())
            .skip_lifetime_validation()
            .build_group(&provider, info, credential(keys))
            .map_err(invalid)?
            .leaf_node_parameters(leaf)
            .load_psks(provider.storage())
            .map_err(invalid)?
            .build(provider.rand(), provider.crypto(), keys, |_| true)
            .map_err(invalid)?
            .finalize(&provider)
            .map_err(invalid)?;
        let commit = bundle.into_commit().to_bytes().map_err(state)?;
        Ok((Self::around(provider, Rows::new(), group)?, commit))
    }

    /// What lets a device of a member into this era by itself: public but for who is in.
    ///
    /// # Errors
    /// [`MlsError::State`] when it cannot be made.
    pub fn info(&self, keys: &DeviceKeys) -> Result<Vec<u8>, MlsError> {
        self.group
            .export_group_info(self.provider.crypto(), keys, true)
            .map_err(state)?
            .to_bytes()
            .map_err(state)
    }

    fn around(provider: OpenMlsRustCrypto, before: Rows, group: MlsGroup) -> Result<Self, MlsError> {
        let mut this =
            Self { roles: roles_of(group.extensions())?, members: Vec::new(), provider, before, group };
        this.refresh()?;
        Ok(this)
    }

    fn refresh(&mut self) -> Result<(), MlsError> {
        self.roles = roles_of(self.group.extensions())?;
        self.members = self
            .group
            .members()
            .map(|leaf| {
                let (member, identity) = identify(&leaf.credential, &leaf.signature_key)?;
                Ok(GroupMember { member, identity, leaf: leaf.index })
            })
            .collect::<Result<_, MlsError>>()?;
        Ok(())
    }

    #[must_use]
    pub fn id(&self) -> &[u8] {
        self.group.group_id().as_slice()
    }

    #[must_use]
    pub fn era(&self) -> u64 {
        self.group.epoch().as_u64()
    }

    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    #[must_use]
    pub fn members(&self) -> &[GroupMember] {
        &self.members
    }

    #[must_use]
    pub fn has(&self, device: DeviceId) -> bool {
        self.members.iter().any(|inside| inside.member.device == device)
    }

    /// Whether it is this key package that a device is in by: as it came, and it has made no commit since.
    ///
    /// # Errors
    /// When the key package is malformed or its proofs do not hold.
    pub fn came_by(&self, device: DeviceId, key_package: &[u8]) -> Result<bool, MlsError> {
        let package = package::key_package_from(key_package, &self.provider)?;
        let inside = self.members.iter().find(|inside| inside.member.device == device);
        let leaf = inside.and_then(|inside| self.group.public_group().leaf(inside.leaf));
        Ok(leaf.is_some_and(|leaf| leaf.encryption_key() == package.leaf_node().encryption_key()))
    }

    /// What the operations since loading changed.
    ///
    /// # Errors
    /// [`MlsError::State`] only after a panic in another thread.
    pub fn changes(&self) -> Result<RowChanges, MlsError> {
        changes(&self.before, &self.provider)
    }

    /// The key of the current era (`export_secret`, RFC 9420 section 8.5).
    ///
    /// # Errors
    /// When this device is no longer a member.
    pub fn era_key(&self) -> Result<Secret, MlsError> {
        let bytes = self
            .group
            .export_secret(self.provider.crypto(), "beseda era", self.roles.chat.as_bytes(), 32)
            .map_err(invalid)?;
        Secret::from_slice(&bytes).ok_or_else(|| state("an exported key of another length"))
    }

    fn member_list(&self) -> Vec<Member> {
        self.members.iter().map(|member| member.member).collect()
    }

    /// Prepares a commit that adds, removes and changes roles (`None`: who is put out is no admin any more, and nothing
    /// else). It takes effect with [`Group::merge_own`], once the relay took it.
    ///
    /// # Errors
    /// [`MlsError::Refused`] by the same rule that all others will apply.
    pub fn propose(
        &mut self,
        keys: &DeviceKeys,
        add: &[Vec<u8>],
        remove: &[DeviceId],
        roles: Option<Roles>,
    ) -> Result<Proposed, MlsError> {
        self.discard_own()?;
        let packages =
            add.iter().map(|bytes| key_package_from(bytes, &self.provider)).collect::<Result<Vec<_>, _>>()?;
        let mut effects = Effects::default();
        let mut added = Vec::new();
        for package in &packages {
            let leaf = package.leaf_node();
            let (member, identity) = identify(leaf.credential(), leaf.signature_key().as_slice())?;
            effects.adds.push(member);
            added.push(identity);
        }
        let mut leaves = Vec::new();
        for member in self.members.iter().filter(|member| remove.contains(&member.member.device)) {
            effects.removes.push(member.member);
            leaves.push(member.leaf);
        }
        let mut roles = roles.unwrap_or_else(|| self.roles.clone());
        let gone = |user: &UserId| {
            effects.removes.iter().any(|removed| removed.user == *user)
                && effects.adds.iter().all(|added| added.user != *user)
                && self
                    .members
                    .iter()
                    .all(|one| one.member.user != *user || effects.removes.contains(&one.member))
        };
        roles.admins.retain(|user| !gone(user));
        effects.roles = (roles != self.roles).then(|| roles.clone());
        let own = Member { user: keys.user(), device: keys.device() };
        membership::authorise(&self.roles, &self.member_list(), own, &effects)?;
        self.stand_beside(&added)?;

        let mut commit = self.group.commit_builder().propose_adds(packages).propose_removals(leaves);
        if effects.roles.is_some() {
            commit = commit.propose_group_context_extensions(extensions(&roles)?).map_err(state)?;
        }
        let bundle = commit
            .load_psks(self.provider.storage())
            .map_err(state)?
            .build(self.provider.rand(), self.provider.crypto(), keys, |_| true)
            .map_err(state)?
            .stage_commit(&self.provider)
            .map_err(state)?;
        let welcome = bundle.to_welcome_msg().map(|message| message.to_bytes()).transpose().map_err(state)?;
        let commit = bundle.into_commit().to_bytes().map_err(state)?;
        Ok(Proposed { commit, welcome, era: self.era() + 1, era_key: self.pending_key()?, roles })
    }

    /// The key of the era that our own pending commit would begin.
    ///
    /// # Errors
    /// [`MlsError::State`] when there is none.
    pub fn pending_key(&self) -> Result<Secret, MlsError> {
        let pending = self.group.pending_commit().ok_or_else(|| state("no pending commit"))?;
        let key = pending
            .export_secret(self.provider.crypto(), "beseda era", self.roles.chat.as_bytes(), 32)
            .map_err(state)?;
        Secret::from_slice(&key).ok_or_else(|| state("an exported key of another length"))
    }

    /// Merges our own pending commit: the relay accepted it.
    ///
    /// # Errors
    /// [`MlsError::State`] when there is none.
    pub fn merge_own(&mut self) -> Result<(), MlsError> {
        if self.group.pending_commit().is_none() {
            return Err(state("no pending commit to merge"));
        }
        self.group.merge_pending_commit(&self.provider).map_err(state)?;
        self.refresh()
    }

    /// Forgets our own pending commit, if there is one: another handshake came first.
    ///
    /// # Errors
    /// [`MlsError::State`] when the state cannot be written.
    pub fn discard_own(&mut self) -> Result<(), MlsError> {
        self.group.clear_pending_commit(self.provider.storage()).map_err(state)
    }

    /// Checks somebody's commit and decides whether it may take effect.
    ///
    /// # Errors
    /// [`MlsError::Invalid`] or [`MlsError::Refused`]: every client ignores it alike, and the group stays as it is.
    pub fn stage(&mut self, commit: &[u8]) -> Result<Staged, MlsError> {
        let message: ProtocolMessage = MlsMessageIn::tls_deserialize_exact(commit)
            .map_err(invalid)?
            .try_into_protocol_message()
            .map_err(invalid)?;
        let processed = self.group.process_message(&self.provider, message).map_err(invalid)?;
        let from = processed.sender().clone();
        let ProcessedMessageContent::StagedCommitMessage(commit) = processed.into_content() else {
            return Err(invalid("not a commit"));
        };
        let leaf = match from {
            Sender::Member(leaf) => leaf,
            Sender::NewMemberCommit => return self.stage_return(commit),
            _ => return Err(Refusal::Foreign.into()),
        };
        let sender = self
            .members
            .iter()
            .find(|member| member.leaf == leaf)
            .ok_or_else(|| invalid("a sender who is not a member"))?
            .member;
        let mut effects = Effects::default();
        let mut added = Vec::new();
        for proposal in commit.queued_proposals() {
            if proposal.proposal_or_ref_type() != ProposalOrRefType::Proposal
                || *proposal.sender() != Sender::Member(leaf)
            {
                effects.foreign = true;
            }
            match proposal.proposal() {
                Proposal::Add(add) => {
                    let leaf = add.key_package().leaf_node();
                    let (member, identity) = identify(leaf.credential(), leaf.signature_key().as_slice())?;
                    effects.adds.push(member);
                    added.push(identity);
                }
                Proposal::Remove(remove) => {
                    match self.members.iter().find(|member| member.leaf == remove.removed()) {
                        Some(member) => effects.removes.push(member.member),
                        None => effects.foreign = true,
                    }
                }
                Proposal::GroupContextExtensions(change) => {
                    effects.roles = Some(roles_of(change.extensions())?);
                    // A newcomer's client must still be required to understand the roles.
                    effects.foreign |= change.extensions().required_capabilities()
                        != self.group.extensions().required_capabilities();
                }
                _ => effects.foreign = true,
            }
        }
        if let Some(leaf) = commit.update_path_leaf_node() {
            effects.leaf_changed = identify(leaf.credential(), leaf.signature_key().as_slice())?.0 != sender;
        }
        membership::authorise(&self.roles, &self.member_list(), sender, &effects)?;
        self.stand_beside(&added)?;
        Ok(Staged { sender, effects, added, commit })
    }

    /// A device that comes in by itself.
    fn stage_return(&self, commit: Box<StagedCommit>) -> Result<Staged, MlsError> {
        let leaf = commit.update_path_leaf_node().ok_or_else(|| invalid("a commit without a leaf"))?;
        let (sender, identity) = identify(leaf.credential(), leaf.signature_key().as_slice())?;
        let foreign = commit
            .queued_proposals()
            .any(|proposal| !matches!(proposal.proposal(), Proposal::ExternalInit(_)));
        let effects = Effects { adds: vec![sender], foreign, ..Effects::default() };
        membership::authorise(&self.roles, &self.member_list(), sender, &effects)?;
        let added = vec![identity];
        self.stand_beside(&added)?;
        Ok(Staged { sender, effects, added, commit })
    }

    /// A newcomer must not be a device that its own person, as the members here prove them, has removed or never added.
    fn stand_beside(&self, added: &[Identity]) -> Result<(), MlsError> {
        for identity in added {
            let user = identity.user_id();
            for inside in self.members.iter().filter(|inside| inside.member.user == user) {
                identity.stands_beside(&inside.identity).map_err(invalid)?;
            }
        }
        Ok(())
    }

    /// The key of the era that a staged commit would begin; `None` when it puts this device out.
    #[must_use]
    pub fn staged_key(&self, staged: &Staged) -> Option<Secret> {
        if staged.commit.self_removed() {
            return None;
        }
        let chat = self.roles.chat;
        let key =
            staged.commit.export_secret(self.provider.crypto(), "beseda era", chat.as_bytes(), 32).ok()?;
        Secret::from_slice(&key)
    }

    /// Lets a staged commit take effect. `false`: it removed this device, and there is no key of the new era.
    ///
    /// # Errors
    /// [`MlsError::State`] when the state cannot be written.
    pub fn merge(&mut self, staged: Staged) -> Result<bool, MlsError> {
        self.group.merge_staged_commit(&self.provider, *staged.commit).map_err(state)?;
        if !self.group.is_active() {
            return Ok(false);
        }
        self.refresh()?;
        Ok(true)
    }

    #[must_use]
    pub fn chat(&self) -> ChatId {
        self.roles.chat
    }
}
