//! The stories of people, devices, a relay and a network that fails, in one world each. One program, since each of its
//! own would carry the whole core once more: gigabytes of disk and minutes of linking.
//!
//! Not here: what needs the programs of the workspace ([processes](../processes.rs) and [desktop](../desktop.rs)).

mod accounts;
mod arranging;
mod bad_relay;
mod blind;
mod contacts;
mod convergence;
mod devices;
mod directory;
mod doctor;
mod first_exchange;
mod history;
mod hostile;
mod invitations;
mod linking;
mod membership;
mod messages;
mod mischief;
mod notices;
mod previous_version;
mod profiles;
mod profiles_of_people;
mod rebuild;
mod recovery;
mod relay_loss;
mod requests;
mod roles;
mod safety;
mod talking;
mod window;
mod without_a_relay;
