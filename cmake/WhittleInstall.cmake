# Two install components, each with targets of its own: `match` (all headers, whittle::match) can be installed and
# used where neither LLVM nor SQLite is; `whittle` adds the compiled library.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(whittle_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/whittle")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/whittle" TYPE INCLUDE COMPONENT match FILES_MATCHING PATTERN "*.hpp")
install(TARGETS whittle_match EXPORT whittle-match COMPONENT match)
install(EXPORT whittle-match NAMESPACE whittle:: DESTINATION ${whittle_package_dir} COMPONENT match)

if(TARGET whittle)
    install(TARGETS whittle EXPORT whittle-whittle
        ARCHIVE COMPONENT whittle LIBRARY COMPONENT whittle RUNTIME COMPONENT whittle)
    install(EXPORT whittle-whittle NAMESPACE whittle:: DESTINATION ${whittle_package_dir} COMPONENT whittle)
endif()

# A static library leaves its dependencies for the user to link, a shared one does not: the config needs to know.
set(whittle_static OFF)
if(TARGET whittle)
    get_target_property(whittle_type whittle TYPE)
    if(whittle_type STREQUAL "STATIC_LIBRARY")
        set(whittle_static ON)
    endif()
endif()
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/whittle-config.cmake.in"
    "${PROJECT_BINARY_DIR}/whittle-config.cmake"
    INSTALL_DESTINATION ${whittle_package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/whittle-config-version.cmake"
    COMPATIBILITY SameMinorVersion)         # before 1.0 a minor version may break
install(FILES "${PROJECT_BINARY_DIR}/whittle-config.cmake" "${PROJECT_BINARY_DIR}/whittle-config-version.cmake"
    DESTINATION ${whittle_package_dir} COMPONENT match)
