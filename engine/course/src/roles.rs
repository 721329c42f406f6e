//! Which parts each manoeuvre needs, as one table. The page for surveyors is `course-maps/README.md`.

/// The geometry that a role asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Point,
    PointWithHeight,
    Points,
    Line,
    Area,
    Profile,
}

/// One role of a manoeuvre: its geometry and how many features may fill it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub name: &'static str,
    pub kind: Kind,
    pub least: usize,
    pub most: usize,
}

/// A manoeuvre and its roles.
pub(crate) struct Roles {
    pub manoeuvre: &'static str,
    pub roles: &'static [Role],
}

const fn role(name: &'static str, kind: Kind, least: usize, most: usize) -> Role {
    Role {
        name,
        kind,
        least,
        most,
    }
}

/// Roles of features without a site.
pub(crate) const COURSE: &[Role] = &[
    role("boundary", Kind::Area, 1, 1),
    role("datum", Kind::PointWithHeight, 1, 1),
    role("surface", Kind::Points, 1, 1),
];

/// The role that every site has once.
pub(crate) const GROUND: Role = role("ground", Kind::Area, 1, 1);

/// Every manoeuvre that a course may carry.
pub(crate) const MANOEUVRES: &[Roles] = &[
    Roles {
        manoeuvre: "curve",
        roles: &[
            GROUND,
            role("edge_left", Kind::Line, 1, 1),
            role("edge_right", Kind::Line, 1, 1),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
        ],
    },
    Roles {
        manoeuvre: "hill_start",
        roles: &[
            GROUND,
            role("edge_left", Kind::Line, 1, 1),
            role("edge_right", Kind::Line, 1, 1),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
            role("pole_line", Kind::Area, 1, 1),
            role("profile", Kind::Profile, 1, 1),
        ],
    },
    Roles {
        manoeuvre: "plank_bridge",
        roles: &[
            GROUND,
            role("deck", Kind::Area, 1, 1),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
            role("profile", Kind::Profile, 1, 1),
        ],
    },
    Roles {
        manoeuvre: "pole_course",
        roles: &[
            GROUND,
            role("edge_left", Kind::Line, 1, 1),
            role("edge_right", Kind::Line, 1, 1),
            role("finish_line", Kind::Line, 1, 1),
            role("pole", Kind::Point, 5, 5),
            role("start_line", Kind::Line, 1, 1),
        ],
    },
    Roles {
        manoeuvre: "reverse_bay",
        roles: &[
            GROUND,
            role("bay_line", Kind::Line, 1, 1),
            role("bay_mouth", Kind::Line, 1, 1),
            role("control_first", Kind::Line, 1, 1),
            role("control_second", Kind::Line, 1, 1),
            role("edge_left", Kind::Line, 1, 3),
            role("edge_right", Kind::Line, 1, 3),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
        ],
    },
    Roles {
        manoeuvre: "right_angle",
        roles: &[
            GROUND,
            role("edge_left", Kind::Line, 1, 1),
            role("edge_right", Kind::Line, 1, 1),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
            role("turn_left", Kind::Line, 0, 1),
            role("turn_right", Kind::Line, 0, 1),
        ],
    },
    Roles {
        manoeuvre: "road_run",
        roles: &[
            GROUND,
            role("line", Kind::Line, 1, 200),
            role("profile", Kind::Profile, 0, 20),
            role("stop_zone", Kind::Area, 0, 20),
        ],
    },
    Roles {
        manoeuvre: "side_parking",
        roles: &[
            GROUND,
            role("bay_front", Kind::Line, 1, 1),
            role("bay_line", Kind::Line, 1, 1),
            role("bay_mouth", Kind::Line, 1, 1),
            role("edge_left", Kind::Line, 1, 3),
            role("edge_right", Kind::Line, 1, 3),
            role("entry_line", Kind::Line, 1, 1),
            role("exit_line", Kind::Line, 1, 1),
        ],
    },
];

/// The roles of a manoeuvre.
pub(crate) fn of(manoeuvre: &str) -> Option<&'static [Role]> {
    MANOEUVRES
        .iter()
        .find(|known| known.manoeuvre == manoeuvre)
        .map(|known| known.roles)
}

/// The table's line for a role of a manoeuvre, or of the course when there is no manoeuvre.
pub(crate) fn find(manoeuvre: Option<&str>, name: &str) -> Option<&'static Role> {
    let roles = match manoeuvre {
        Some(manoeuvre) => of(manoeuvre)?,
        None => COURSE,
    };
    roles.iter().find(|role| role.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_alphabetical_and_every_site_has_one_ground() {
        assert!(MANOEUVRES.is_sorted_by_key(|known| known.manoeuvre));
        assert!(COURSE.is_sorted_by_key(|role| role.name));
        for known in MANOEUVRES {
            assert_eq!(known.roles[0].name, "ground", "{}", known.manoeuvre);
            assert!(
                known.roles[1..].is_sorted_by_key(|role| role.name),
                "{}",
                known.manoeuvre
            );
        }
    }
}
